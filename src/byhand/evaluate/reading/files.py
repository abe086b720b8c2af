"""Which files are read: names, globs and folders become a list of one format, and a change of a file is noticed."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from byhand.evaluate.reading.refused import Refused

ENDINGS = {
    "parquet": (".parquet", ".parq", ".pq"),
    "csv": (".csv", ".tsv"),
    "json": (".jsonl", ".ndjson", ".json"),
    "arrow": (".arrow", ".feather", ".ipc"),
}
PACKED = (".gz", ".zst")
"""Compression that DuckDB unpacks while it reads CSV and JSON."""
SAMPLE = 1 << 20
"""Bytes from which the number of lines is estimated."""
_REMOTE = re.compile("[a-z][a-z0-9+.-]+://")
_HIVE = re.compile(r"(?:^|[/\\])[^/\\=]+=[^/\\]+[/\\]")

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Files:
    """The files of a log, in a fixed order.

    Attributes:
        format: a key of :data:`ENDINGS`.
        paths: local paths, and addresses such as ``s3://bucket/*.parquet`` as they were given.
        stamps: inode, size in bytes and time of change (ns) of each local file when it was found.
        has_partitions: whether folders are named ``column=value``, as Hive and Spark write them.
    """

    format: str
    paths: tuple[str, ...]
    stamps: tuple[Stamp | None, ...]
    has_partitions: bool

    def refuse_changed(self) -> None:
        """Raise if a local file is no longer the one that was found."""
        for path, stamp in zip(self.paths, self.stamps, strict=True):
            if stamp is not None and _stamp(path) != stamp:
                raise Refused("changed", file=path)

    @property
    def is_remote(self) -> bool:
        """Whether one of them is not on this machine."""
        return None in self.stamps

    def estimated_lines(self) -> float | None:
        """About how many lines the files have, by the length of the first ones; None if they are compressed."""
        if any(path.lower().endswith(PACKED) for path in self.paths):
            return None
        try:
            with open(self.paths[0], "rb") as file:
                start = file.read(SAMPLE)
        except OSError:
            return None
        lines = start.count(b"\n")
        return lines * self.bytes / len(start) if lines else None

    @property
    def bytes(self) -> int:
        """Size of all local files."""
        return sum(stamp[1] for stamp in self.stamps if stamp is not None)


def find_files(given: Sequence[str], argument: str = "FILE") -> Files:
    """The files that these names mean: a file, a glob with ``*`` or ``**``, a folder and all below it, an address.

    Raises:
        Refused: nothing is there, or the files are of different formats or of none that is read.
    """
    paths: dict[str, None] = {}
    for name in given:
        paths |= dict.fromkeys(_meant(name, argument))
    formats = {path: format_of(path) for path in paths}
    for path, format in formats.items():
        if format is None:
            endings = " ".join(ending for endings in ENDINGS.values() for ending in endings)
            raise Refused("no format", argument=argument, file=path, endings=endings)
    if len(set(formats.values())) > 1:
        first = next(iter(paths))
        other = next(path for path in paths if formats[path] != formats[first])
        raise Refused("formats", argument=argument, first=first, other=other)
    partitions = any(_HIVE.search(path) for path in paths)
    return Files(str(next(iter(formats.values()))), tuple(paths), tuple(map(_stamp, paths)), partitions)


def format_of(path: str) -> str | None:
    """The format that the ending of a name tells, or None.

    >>> format_of("day=1/log.csv.gz"), format_of("s3://bucket/*.parquet"), format_of("notes.txt")
    ('csv', 'parquet', None)
    """
    name = path.lower()
    bare = next((name.removesuffix(packed) for packed in PACKED if name.endswith(packed)), name)
    for format, endings in ENDINGS.items():
        if bare.endswith(endings) and (bare == name or format in ("csv", "json")):
            return format
    return None


def is_remote(path: str) -> bool:
    """Whether a path is an address such as ``s3://…``."""
    return _REMOTE.match(path) is not None


def _meant(name: str, argument: str) -> list[str]:
    if is_remote(name):
        return [name]
    if os.path.isdir(name):
        found = list(_below(name))
        if not found:
            raise Refused("empty folder", argument=argument, got=name)
        return found
    if os.path.exists(name):
        return [name]
    found = sorted(path for path in glob.glob(name, recursive=True) if os.path.isfile(path)) if "*" in name else []
    if not found:
        raise Refused("no file" if "*" not in name else "no match", argument=argument, got=name)
    return found


def _below(folder: str) -> Iterator[str]:
    """The files of a known format in a folder; those that begin with a dot or ``_`` are a writer's own, and skipped."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name[0] not in "._")
        for name in sorted(names):
            if name[0] not in "._" and format_of(name):
                yield os.path.join(here, name)


def _stamp(path: str) -> Stamp | None:
    if is_remote(path):
        return None
    try:
        there = os.stat(path)
    except OSError:
        return (0, -1, 0)
    return there.st_ino, there.st_size, there.st_mtime_ns
