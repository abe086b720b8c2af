# contained: forbidden. off: succeeds for root
import ctypes
import os


def attack(target):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(0x4206, target["pid"], None, None) < 0:  # PTRACE_SEIZE
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    libc.ptrace(17, target["pid"], None, None)  # PTRACE_DETACH
    return True
