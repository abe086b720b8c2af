"""Files that a command leaves behind: whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryFile

from byhand.cli._texts import say


@contextmanager
def output_folder(path: Path, name: str) -> Iterator[None]:
    """A folder in which the file ``name`` can be written: made if missing, and gone again if nothing came into it.

    Raises:
        OSError: it can't be made, or can't be written in; now, and not when the work is done.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path):
            pass
        if (path / name).is_dir():
            raise IsADirectoryError(errno.EISDIR, say("folder in the way", name=name))
        yield
    finally:
        for folder in missing:
            with suppress(OSError):  # something lies in it now, or it never came to be
                folder.rmdir()


def refuse_unwritable(path: Path) -> None:
    """Raise the OSError that writing to ``path`` will end in, as far as can be told without touching anything."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        folder = Path(os.path.realpath(path)).parent
        if not folder.is_dir():
            raise _error(errno.ENOTDIR if folder.exists() else errno.ENOENT) from None
        if str(path).endswith("/"):
            raise _error(errno.EISDIR) from None
        if not os.access(folder, os.W_OK | os.X_OK):
            raise _error(errno.EACCES) from None
        return
    if stat.S_ISDIR(mode):
        raise _error(errno.EISDIR)
    if stat.S_ISSOCK(mode):
        raise _error(errno.ENXIO)
    if not os.access(path, os.W_OK):
        raise _error(errno.EACCES)


def is_same(path: Path, file: str) -> bool:
    """Whether ``path`` is ``file``, by whatever name; or, if that is "-", what is read as standard input."""
    with suppress(OSError):
        return os.path.samestat(path.stat(), os.fstat(0) if file == "-" else os.stat(file))
    return False


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` so that nobody finds a part of it there, nor, afterwards, another file beside it.

    A link leads to what is written, and stays; a file keeps its mode. What is no file, such as a device or a pipe, or
    is where this process prints to, is written to as it is.
    """
    try:
        there = path.stat()
    except FileNotFoundError:
        there = None
    if there is not None and (not stat.S_ISREG(there.st_mode) or _printed_to(there)):
        with path.open("a", encoding="utf-8") as through:
            through.write(text)
        return
    target = Path(os.path.realpath(path))
    if there is not None and not os.access(target.parent, os.W_OK | os.X_OK):
        target.write_text(text, encoding="utf-8")  # nothing can be put beside it
        return
    part = target.with_name(f".byhand-{token_hex(8)}")
    try:
        part.write_text(text, encoding="utf-8")
        if there is not None:
            part.chmod(stat.S_IMODE(there.st_mode))
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _printed_to(there: os.stat_result) -> bool:
    """Whether it is standard output or standard error, into a file."""
    for descriptor in (1, 2):
        with suppress(OSError):
            if os.path.samestat(there, os.fstat(descriptor)):
                return True
    return False


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))
