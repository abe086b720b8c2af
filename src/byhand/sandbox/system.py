"""System calls that Python does not offer, through ctypes."""

from __future__ import annotations

import ctypes
import os
import platform
from typing import Any

from byhand.sandbox import syscalls

CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC = 0x10000000, 0x20000000, 0x40000000, 0x08000000
PR_SET_DUMPABLE, PR_CAP_AMBIENT, PR_SET_NO_NEW_PRIVS, PR_SET_CHILD_SUBREAPER = 4, 47, 38, 36
_libc = ctypes.CDLL(None, use_errno=True)
MACHINE = platform.machine()


def number(name: str) -> int:
    """The number of a system call on this machine.

    Raises:
        NotImplementedError: the architecture is not in our table.
    """
    architecture = syscalls.ARCHITECTURES.get(MACHINE)
    if architecture is None:
        raise NotImplementedError(f"byhand does not know the system calls of {MACHINE}")
    return architecture.numbers[name]


def call(number: int, *args: Any) -> int:
    """Make a system call by its number, and return its result.

    Raises:
        OSError: it failed.
    """
    words = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in args]
    result = int(_libc.syscall(ctypes.c_long(number), *words))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def prctl(option: int, value: int = 0) -> None:
    """``prctl`` with one argument. Raises OSError."""
    if _libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def unshare(flags: int) -> None:
    """``unshare``. Raises OSError, and then nothing has changed."""
    if _libc.unshare(ctypes.c_int(flags)) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends; does nothing where this is not supported."""
    if hasattr(_libc, "prctl"):
        prctl(PR_SET_CHILD_SUBREAPER, 1)


def drop_privileges() -> None:
    """Give up root's privileges, and never gain any again. Raises OSError or NotImplementedError."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this thread
    call(number("capset"), ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))
