# contained: harmless. off: succeeds
import ctypes
import os

# Of files that are merely open for reading: their flags, their blocks, their seal of integrity (fs-verity), what the
# kernel tells of them by signals; and what types into a terminal. No argument is valid: nothing is changed.
COMMANDS = (0x80086601, 0x40086602, 0x801C581F, 0x401C5820, 0x80087601, 0xC020660B, 0x40806685, 0xC0406686, 0xC0406687)
COMMANDS += (1, 2, 0x5452, 0x5460, 0x8004667D, 0x5412, 0x541C, 0x1260, 0x80081272, 0xC038943B, 0x40049409, 0x4020940D)


def attack(target):
    libc = ctypes.CDLL(None, use_errno=True)
    answered = []
    with open(os.__file__, "rb") as file:
        for command in COMMANDS:
            for high in (0, 1 << 32):  # the kernel takes the lower half
                number = ctypes.c_long(16 if os.uname().machine == "x86_64" else 29)
                words = (ctypes.c_ulong(word) for word in (file.fileno(), command | high, 0))
                if libc.syscall(number, *words) >= 0 or ctypes.get_errno() != 1:
                    answered.append(hex(command))
    print(*answered)
    return len(answered) > 0
