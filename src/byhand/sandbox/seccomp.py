"""seccomp: a filter of system calls, for every thread of the process and for good."""

from __future__ import annotations

import ctypes
import errno
import os
from struct import pack

from byhand.sandbox import syscalls
from byhand.sandbox.system import MACHINE, PR_SET_NO_NEW_PRIVS, call, number, prctl

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
"""Instructions of the filter: load a word of the call; jump by comparison with a constant; return."""
NUMBER, ARCHITECTURE = 0, 4
"""Offsets in the description of a call. Argument ``i``, of 8 bytes, is at 16 + 8i, low half first."""
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
REFUSE, ABSENT = ERRNO | errno.EPERM, ERRNO | errno.ENOSYS
X32 = 0x40000000
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | 0o20000000
"""Flags of `open` that write; the last one creates a temporary file. Landlock refuses them too."""
CLONE_THREAD, CLONE_NEW = 0x00010000, 0x7E020080
"""The flag of a thread, and those of new namespaces."""
FCNTL = (0, 1, 2, 3, 4, 1030, 1032)
"""Duplicates and flags of descriptors, and the size of a pipe. Others lock files or send signals through the kernel."""
IOCTL = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""Terminal test (TCGETS, TCGETS2) and size; bytes that wait; flags of descriptors. Others act on files that are only
open for reading, or type into a terminal."""
PRCTL = (15, 16, 51, 56, 64, 0x53564D41)
"""Names of threads and of memory areas, and features of ARM processors."""
ARCH_PRCTL = (0x1021, 0x1022, 0x1023)
"""The matrix unit of Intel processors, which a process has to request."""
LOCKED = 0x2000 | 0x40000
"""Memory that is not paged out (MAP_LOCKED) or made of large pages, which are scarce (MAP_HUGETLB)."""
WATCHED = 0x80
"""The flag of a pipe that reports events of keys and mounts."""
MERGED = 12
"""MADV_MERGEABLE: the kernel would compare these pages with those of other processes."""
TSYNC = 1

Instruction = tuple[int, int, int, int]


def _argument(index: int) -> Instruction:
    return LOAD, 0, 0, 16 + 8 * index


def _only(index: int, *values: int) -> list[Instruction]:
    """Allow the call if its argument, of 32 bits, is one of ``values``."""
    tests = [(EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [_argument(index), *tests, (RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]


def _not(index: int, *values: int) -> list[Instruction]:
    """Refuse the call if its argument, of 32 bits, is one of ``values``."""
    tests = [(EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [_argument(index), *tests, (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]


def _without(index: int, bits: int) -> list[Instruction]:
    """Refuse the call if its argument has one of ``bits``."""
    return [_argument(index), (ANY_BIT, 0, 1, bits), (RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]


def _asked(pid: int) -> dict[str, list[Instruction]]:
    """The filter of each call that is decided by its arguments, for the process ``pid``."""
    thread = [
        _argument(0),
        (ANY_BIT, 0, 2, CLONE_THREAD),
        (ANY_BIT, 1, 0, CLONE_NEW),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    ]
    return {
        "open": _without(1, WRITES),
        "openat": _without(2, WRITES),
        "clone": thread,
        "kill": _only(0, pid),
        "tgkill": _only(0, pid),
        "prlimit64": _only(0, 0, pid),
        "sched_setaffinity": _only(0, 0, pid),
        "fcntl": _only(1, *FCNTL),
        "ioctl": _only(1, *IOCTL),
        "prctl": _only(0, *PRCTL),
        "arch_prctl": _only(0, *ARCH_PRCTL),
        "mmap": _without(3, LOCKED),
        "madvise": _not(2, MERGED),
        "pipe2": _without(1, WATCHED),
    }


def program(architecture: syscalls.Architecture, pid: int) -> list[Instruction]:
    """The filter for a process, as instructions: ``(code, jump if true, jump if false, constant)``."""
    numbers = architecture.numbers
    code: list[Instruction] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, architecture.audit),
        (RETURN, 0, 0, KILL),  # i386 on x86-64, where the same numbers mean other calls
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, X32),
        (RETURN, 0, 0, KILL),
    ]
    for name, body in _asked(pid).items():
        if name in numbers:
            code += [(EQUAL, 0, len(body), numbers[name]), *body]
    for group, answer in (
        (syscalls.HARMLESS, ALLOW),
        *((group, REFUSE) for group in (syscalls.NETWORK, syscalls.PROCESSES, syscalls.FILES)),
        *((group, REFUSE) for group in (syscalls.SYSTEM, syscalls.MEMORY)),
    ):
        for name in group.split():
            if name in numbers:
                code += [(EQUAL, 0, 1, numbers[name]), (RETURN, 0, 0, answer)]
    return [*code, (RETURN, 0, 0, ABSENT)]


class _Program(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def restrict() -> None:
    """Apply the filter to every thread of this process.

    Raises:
        OSError, NotImplementedError: it is not available.
    """
    install = number("seccomp")
    prctl(PR_SET_NO_NEW_PRIVS, 1)  # otherwise only root may set a filter
    code = program(syscalls.ARCHITECTURES[MACHINE], os.getpid())
    text = b"".join(pack("<HBBI", *instruction) for instruction in code)
    if call(install, 1, TSYNC, ctypes.byref(_Program(len(code), text))) != 0:
        raise OSError(errno.EBUSY, "a thread could not be brought under the filter")
