# contained: forbidden. off: succeeds for root
import ctypes
import os


def attack(target):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x00020000) < 0:  # CLONE_NEWNS: without the layers only this process shall see what is mounted
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    libc.mount(None, b"/", None, 0x44000, None)  # MS_PRIVATE, MS_REC
    if libc.mount(b"none", target["folder"].encode(), b"tmpfs", 0, None) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return True
