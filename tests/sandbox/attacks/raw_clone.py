# contained: harmless. off: succeeds
import ctypes
import os
import signal


def attack(target):
    """A process by the newer call, which a filter can't look into: it has to answer as if there were none."""
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = (ctypes.c_uint64 * 8)()
    arguments[4] = signal.SIGCHLD
    child = libc.syscall(ctypes.c_long(435), ctypes.byref(arguments), ctypes.c_size_t(64))  # clone3, on every machine
    if child == 0:
        os._exit(0)
    if child > 0:
        os.waitpid(child, 0)
    return child > 0
