"""An exception of a program as data: its type, its message, and the program's lines in the traceback."""

from __future__ import annotations

import errno
from traceback import walk_tb
from typing import Any

MESSAGE = 500
LINES = 32
REFUSED = ("Operation not permitted", "Permission denied", "name resolution")
"""Messages of libraries that hide the error number when the kernel refuses something."""
NO_MEMORY = ("not enough memory", "can't allocate memory", "Unable to allocate", "Cannot allocate memory")


def describe(error: BaseException, file: str) -> dict[str, Any]:
    """The answer for ``error``, raised by the program whose source is called ``file``.

    ``forbidden`` is True if the kernel refused something, ``memory`` if memory ran out. If the program swallowed either
    exception, it is not reported.
    """
    lines = [at for frame, at in walk_tb(error.__traceback__) if frame.f_code.co_filename == file and at]
    if isinstance(error, SyntaxError) and error.filename == file and isinstance(error.lineno, int):
        lines.append(error.lineno)
    try:
        message = str(error)
    except BaseException as worse:  # a learner's __str__ may do anything
        message = f"(its message is not available: {type(worse).__name__})"
    return {
        "ok": False,
        "error": type(error).__name__[:80],
        "message": message[:MESSAGE].encode("utf-8", "replace").decode(),
        "line": lines[-1] if lines else None,
        "trace": lines[:LINES],
        "errno": error.errno if isinstance(error, OSError) and error.errno in errno.errorcode else None,
        "forbidden": any(_refused(link) for link in _chain(error)),
        "memory": isinstance(error, MemoryError) or any(words in message for words in NO_MEMORY),
    }


def _chain(error: BaseException | None) -> list[BaseException]:
    """``error`` and its causes or contexts, at most eight."""
    links: list[BaseException] = []
    while error is not None and len(links) < 8:
        links.append(error)
        error = error.__cause__ or error.__context__
    return links


def _refused(error: BaseException) -> bool:
    if isinstance(error, OSError):
        if error.errno in (errno.EPERM, errno.EACCES):
            return True
    elif not isinstance(error, RuntimeError):
        return False
    try:
        return any(words in str(error) for words in REFUSED)
    except Exception:
        return False
