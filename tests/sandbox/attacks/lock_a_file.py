# contained: harmless. off: succeeds
import ctypes
import fcntl
import os
import struct


def attack(target):
    libc = ctypes.CDLL(None, use_errno=True)
    lock = struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 1, 0)
    taken = []
    with open(os.__file__, "rb") as file:
        for how in (fcntl.LOCK_SH, fcntl.LOCK_EX):
            if libc.flock(file.fileno(), how | fcntl.LOCK_NB) == 0 or ctypes.get_errno() != 1:
                taken.append(f"flock {how}")
        libc.flock(file.fileno(), fcntl.LOCK_UN)
        for command in (5, 6, 7, 36, 37, 38, 1024, 1025, 1026):  # plain ones, those of open files, leases, notices
            try:
                fcntl.fcntl(file, command, lock if command < 1024 else 0)
            except OSError as error:
                if error.errno == 1:
                    continue
            taken.append(f"fcntl {command}")
    print(*taken)
    return len(taken) > 0
