# contained: error, or gone. off: succeeds
import ctypes
import time


def attack(target):
    """Threads of C that sleep, with the smallest stacks that there are."""
    libc = ctypes.CDLL(None, use_errno=True)
    attributes = ctypes.create_string_buffer(64)
    libc.pthread_attr_init(attributes)
    libc.pthread_attr_setstacksize(attributes, ctypes.c_size_t(16 << 10))
    libc.pthread_attr_setdetachstate(attributes, 1)
    sleep = ctypes.cast(libc.usleep, ctypes.c_void_p)
    for _ in range(2000):
        thread = ctypes.c_ulong()
        if libc.pthread_create(ctypes.byref(thread), attributes, sleep, ctypes.c_void_p(900_000)):
            raise RuntimeError("no more threads")
    time.sleep(0.2)
    return True
