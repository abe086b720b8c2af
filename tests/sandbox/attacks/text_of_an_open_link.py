# contained: harmless. off: succeeds
import ctypes
import os
import platform


def attack(target):
    """By a descriptor of the link itself, and by the links that the kernel makes up."""
    libc = ctypes.CDLL(None, use_errno=True)
    room = ctypes.create_string_buffer(256)
    number = 267 if platform.machine() in ("x86_64", "amd64") else 78
    link = os.open(target["folder"] + "/points", os.O_PATH | os.O_NOFOLLOW)
    told = []
    for descriptor, path in ((link, b""), (-100, b"/proc/self/exe"), (-100, b"/proc/self/cwd"), (-100, b"/proc/1/exe")):
        words = ctypes.c_long(descriptor), ctypes.c_char_p(path), room, ctypes.c_ulong(256)
        if libc.syscall(ctypes.c_long(number), *words) > 0 or ctypes.get_errno() != 1:
            told.append(path)
    print(*told)
    return len(told) > 0
