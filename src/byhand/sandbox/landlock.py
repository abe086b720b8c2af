"""Landlock: the process gives up access to every file that it does not list, and to every TCP port."""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Sequence
from struct import pack

from byhand.sandbox.system import PR_SET_NO_NEW_PRIVS, call, number, prctl

READ_FILE, READ_DIR = 1 << 2, 1 << 3
FILES = {1: 13, 2: 14, 3: 15, 5: 16}
"""By version of the kernel's interface: how many rights on files there are, counted from bit 0."""
NETWORK, SCOPES = 3, 3
"""Bind and connect of TCP, since version 4; abstract sockets and signals to outside processes, since version 6."""
VERSION = 1
"""The flag that asks for the version instead of creating a ruleset."""


def version() -> int:
    """The version of the kernel's interface. Raises OSError or NotImplementedError where there is none."""
    return call(number("landlock_create_ruleset"), None, 0, VERSION)


def restrict(readable: Sequence[tuple[str, str]]) -> str:
    """Let this thread, and all that it starts, read the paths of ``readable``, and do nothing else with files.

    Args:
        readable: paths, each with ``tree`` (everything below may be read) or ``list`` (the names below may be read).
            Missing paths are skipped.

    Returns:
        The layer's name, with the version.

    Raises:
        OSError, NotImplementedError: it is not available.
    """
    known = version()
    rights = (1 << max(bits for since, bits in FILES.items() if since <= known)) - 1
    attributes = pack("<Q", rights)
    if known >= 4:
        attributes += pack("<Q", NETWORK)
    if known >= 6:
        attributes += pack("<Q", SCOPES)
    ruleset = call(number("landlock_create_ruleset"), ctypes.c_char_p(attributes), len(attributes), 0)
    try:
        for path, kind in readable:
            _allow(ruleset, path, kind)
        prctl(PR_SET_NO_NEW_PRIVS, 1)  # otherwise only root may restrict itself
        call(number("landlock_restrict_self"), ruleset, 0)
    finally:
        os.close(ruleset)
    return f"Landlock {known}"


def _allow(ruleset: int, path: str, kind: str) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = READ_DIR if kind == "list" else READ_FILE
        if kind != "list" and stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights |= READ_DIR
        rule = ctypes.c_char_p(pack("<Qi", rights, descriptor))
        call(number("landlock_add_rule"), ruleset, 1, rule, 0)
    finally:
        os.close(descriptor)
