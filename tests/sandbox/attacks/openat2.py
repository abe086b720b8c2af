# contained: harmless. off: succeeds
import ctypes
import os


def attack(target):
    """To write by the newer call, which a filter can't look into: it has to answer as if there were none."""
    libc = ctypes.CDLL(None, use_errno=True)
    how = (ctypes.c_uint64 * 3)(os.O_WRONLY | os.O_TRUNC, 0, 0)
    path = ctypes.c_char_p(target["canary"].encode())
    return libc.syscall(ctypes.c_long(437), ctypes.c_int(-100), path, ctypes.byref(how), ctypes.c_size_t(24)) >= 0
