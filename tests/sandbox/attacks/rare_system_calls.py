# contained: harmless. off: succeeds
import ctypes
import platform

# The numbers of these are those of every architecture, or are given for two.
CALLS = {
    "io_uring_setup": (425, 425),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "bpf": (321, 280),
    "keyctl": (250, 219),
    "pidfd_open": (434, 434),
    "open_tree": (428, 428),
    "fanotify_init": (300, 262),
    "name_to_handle_at": (303, 264),
    "personality": (135, 92),
    "inotify_init1": (294, 26),
}


def attack(target):
    libc = ctypes.CDLL(None, use_errno=True)
    column = 0 if platform.machine() in ("x86_64", "amd64") else 1
    room = ctypes.create_string_buffer(512)
    succeeded = []
    for name, numbers in CALLS.items():
        first = 1 if name == "pidfd_open" else 4 if name == "io_uring_setup" else 0
        second = 0 if name in ("pidfd_open", "userfaultfd") else ctypes.addressof(room)
        words = [ctypes.c_ulong(word) for word in (first, second, 0, 0, 0)]
        # Refused, and not merely found to be nonsense: EPERM (1) or ENOSYS (38).
        if libc.syscall(ctypes.c_long(numbers[column]), *words) >= 0 or ctypes.get_errno() not in (1, 38):
            succeeded.append(name)
    print(*succeeded)
    return len(succeeded) > 0
