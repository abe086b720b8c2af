"""Files that a command leaves behind: whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile


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
            raise IsADirectoryError(errno.EISDIR, f"{name} in it is a folder itself")
        yield
    finally:
        for folder in missing:
            with suppress(OSError):  # something lies in it now, or it never came to be
                folder.rmdir()


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` so that nobody finds a part of it there, nor, afterwards, another file beside it."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
