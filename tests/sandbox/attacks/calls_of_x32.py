# contained: gone. off: not shown, for most kernels are built without them
# x86-64
import ctypes


def attack(target):
    return ctypes.CDLL(None).syscall(ctypes.c_long(0x40000000 + 39)) > 0  # getpid
