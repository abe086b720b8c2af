# contained: harmless. off: succeeds
import ctypes
import platform

# What takes of the machine's few things, waits for its disks, tells what others do, or is a way into the kernel. The
# numbers on x86-64 and on ARM, then the arguments, of which none does harm.
CALLS = {
    "mlock": (149, 228, "room", 4096),
    "mlock2": (325, 284, "room", 4096, 0),
    "mlockall": (151, 230, 0),
    "timer_create": (222, 107, 1, 0, "room"),
    "mincore": (27, 232, "page", 4096, "room"),
    "cachestat": (451, 451, 0, "room", "room", 0),
    "syncfs": (306, 267, 0),
    "fsync": (74, 82, 0),
    "splice": (275, 76, 0, 0, 1, 0, 0, 0),
    "vmsplice": (278, 75, 1, "room", 0, 0),
    "sendfile": (40, 71, 1, 0, 0, 0),
    "copy_file_range": (326, 285, 0, 0, 1, 0, 0, 0),
    "landlock_create_ruleset": (444, 444, 0, 0, 1),
    "seccomp": (317, 277, 3, 0, "room"),
    "setpgid": (109, 154, 0, 0),
    "set_mempolicy": (238, 237, 0, 0, 0),
    "get_mempolicy": (239, 236, 0, 0, 0, 0, 0),
    "membarrier": (324, 283, 0, 0, 0),
    "epoll_create1": (291, 20, 0),
    "timerfd_create": (283, 85, 1, 0),
    "eventfd2": (290, 19, 0, 0),
    "signalfd4": (289, 74, -1, "room", 8, 0),
    "readahead": (187, 213, 0, 0, 0),
    "fadvise64": (221, 223, 0, 0, 0, 4),
    "pkey_alloc": (330, 289, 0, 0),
    "dumpable": (157, 167, 4, 1, 0, 0, 0),
    "ptracer": (157, 167, 0x59616D61, 1, 0, 0, 0),
    "subreaper": (157, 167, 36, 0, 0, 0, 0),
    "end_with_the_parent": (157, 167, 1, 0, 0, 0, 0),
    "large_pages": (9, 222, 0, 1 << 21, 3, 0x40022, -1, 0),
    "locked_pages": (9, 222, 0, 4096, 3, 0x2022, -1, 0),
    "merged_pages": (28, 233, "page", 4096, 12),
    "pipe_of_notifications": (293, 59, "room", 0x80),
}


def attack(target):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    column = 0 if platform.machine() in ("x86_64", "amd64") else 1
    room = ctypes.create_string_buffer(8192)
    places = {"room": ctypes.addressof(room), "page": ctypes.addressof(room) + 4095 & -4096}
    answered = []
    for name, words in CALLS.items():
        arguments = [ctypes.c_ulong(places.get(word, word)) for word in words[2:]]
        # Refused, and not merely found to be nonsense: EPERM (1) or ENOSYS (38).
        if libc.syscall(ctypes.c_long(words[column]), *arguments) >= 0 or ctypes.get_errno() not in (1, 38):
            answered.append(name)
    print(*answered)
    return len(answered) > 0
