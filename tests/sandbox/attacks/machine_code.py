# contained: harmless. off: not shown, for to make code is no harm: it can call no more than Python can
import ctypes
import mmap
import platform


def attack(target):
    if platform.machine() not in ("x86_64", "amd64"):
        return False
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b"\x31\xd2\xb8\x29\x00\x00\x00\xbf\x02\x00\x00\x00\xbe\x01\x00\x00\x00\x0f\x05\xc3")  # socket(2, 1, 0)
    function = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    return function() >= 0
