# contained: harmless. off: succeeds
import ctypes
import os


def attack(target):
    libc = ctypes.CDLL(None, use_errno=True)
    room = ctypes.create_string_buffer(4096)
    told = []
    for path in (target["canary"], target["folder"], "/etc/passwd", os.__file__):
        name = path.encode()
        for call in ("getxattr", "lgetxattr"):
            if getattr(libc, call)(name, b"user.byhand", room, 4096) >= 0 or ctypes.get_errno() != 1:
                told.append(f"{call} {path}")
        for call in ("listxattr", "llistxattr"):
            if getattr(libc, call)(name, room, 4096) >= 0 or ctypes.get_errno() != 1:
                told.append(f"{call} {path}")
    with open(os.__file__, "rb") as file:
        if libc.flistxattr(file.fileno(), room, 4096) >= 0 or ctypes.get_errno() != 1:
            told.append("flistxattr")
        if libc.fgetxattr(file.fileno(), b"user.byhand", room, 4096) >= 0 or ctypes.get_errno() != 1:
            told.append("fgetxattr")
    print(*told)
    return len(told) > 0
