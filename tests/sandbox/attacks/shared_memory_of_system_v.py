# contained: forbidden. off: succeeds
import ctypes
import os


def attack(target):
    libc = ctypes.CDLL(None, use_errno=True)
    made = libc.shmget(0, 4096, 0o1600)  # IPC_PRIVATE, IPC_CREAT
    if made < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return libc.shmctl(made, 0, None) == 0
