# contained: harmless. off: succeeds
import ctypes


def attack(target):
    """Calls that are younger than any list of them: of attributes, of mounts, of memory; all without arguments."""
    libc = ctypes.CDLL(None, use_errno=True)
    answered = []
    for number in range(453, 480):
        nothing = (ctypes.c_ulong(0) for _ in range(6))
        if libc.syscall(ctypes.c_long(number), *nothing) >= 0 or ctypes.get_errno() != 38:
            answered.append(number)
    print(*answered)
    return len(answered) > 0
