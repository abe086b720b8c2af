# contained: harmless. off: succeeds
import ctypes
import platform


def attack(target):
    """Take what the whole machine has 65,536 of."""
    libc = ctypes.CDLL(None, use_errno=True)
    setup, destroy = (206, 207) if platform.machine() in ("x86_64", "amd64") else (0, 1)
    context = ctypes.c_ulong(0)
    taken = libc.syscall(ctypes.c_long(setup), ctypes.c_ulong(64), ctypes.byref(context)) == 0
    if taken:
        libc.syscall(ctypes.c_long(destroy), context)
    return taken or ctypes.get_errno() not in (1, 38)
