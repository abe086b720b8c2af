"""Output files of commands: written completely or not at all."""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryFile

from byhand.cli._terminal import failure, reason
from byhand.cli._texts import say


@contextmanager
def output_folder(path: Path, name: str) -> Iterator[None]:
    """A folder to write the file ``name`` in. It is created if missing, and removed again if nothing is written.

    Raises:
        OSError: it cannot be created or written in. This is raised now, not when the work is done.
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
            with suppress(OSError):  # it is not empty, or was never created
                folder.rmdir()


def refuse_unwritable(path: Path) -> None:
    """Raise the OSError that writing to ``path`` would cause, as far as it can be found without changing anything."""
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


def refuse_report(option: str, path: Path, files: Iterable[str], command: str = "check") -> None:
    """Before the work: refuse a report that cannot be written, or that would overwrite one of the files to read."""
    if any(is_same(path, file) for file in files):
        raise failure("same file", option=option, command=command, got=path)
    try:
        refuse_unwritable(path)
    except OSError as error:
        raise failure("no page", option=option, command=command, got=path, why=reason(error)) from None


def is_same(path: Path, file: str) -> bool:
    """Whether ``path`` is the same file as ``file``; "-" stands for the file behind standard input."""
    with suppress(OSError):
        return os.path.samestat(path.stat(), os.fstat(0) if file == "-" else os.stat(file))
    return False


def print_json(form: Mapping[str, object], indent: int | None = None) -> None:
    """Print a table as JSON; where standard output is not UTF-8, other characters are escaped."""
    ascii_only = not (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(form, ensure_ascii=ascii_only, indent=indent), flush=True)


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` atomically: no partial file is ever visible, and no temporary file remains.

    A link is kept and its target written; a file keeps its mode. A device, a pipe, or the file that this process prints
    to is written directly.
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
        target.write_text(text, encoding="utf-8")  # no temporary file can be created beside it
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
    """Whether it is the file behind standard output or standard error."""
    for descriptor in (1, 2):
        with suppress(OSError):
            if os.path.samestat(there, os.fstat(descriptor)):
                return True
    return False


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))
