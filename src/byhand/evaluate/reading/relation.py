"""SQL that reads files, and the names and types of their columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from byhand.evaluate.reading.arrow import ArrowFiles
from byhand.evaluate.reading.files import Files, is_remote

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def relation(
    connection: DuckDBPyConnection,
    files: Files,
    skip_bad: bool = False,
    rejects: bool = False,
    texts: Sequence[str] = (),
) -> str:
    """The FROM clause that reads these files; Arrow files are registered with the connection.

    Args:
        connection: where the clause will be used.
        files: of one format.
        skip_bad: leave out lines of CSV and JSON that do not parse.
        rejects: and list those of CSV in the table ``reject_errors``.
        texts: of Arrow files, leave out columns that are named in none of these; by default none.
    """
    if files.format == "arrow":
        return _arrow(connection, files.paths, texts)
    paths = ", ".join(text(path if is_remote(path) else _unglobbed(path)) for path in files.paths)
    options = [f"[{paths}]"]
    if files.has_partitions:
        options.append("hive_partitioning = true")
    if files.format == "csv":
        options.append("header = true, skip = 0")  # else lines that do not parse may pass for a preamble, unseen
    if skip_bad and files.format != "parquet":
        options.append("ignore_errors = true")
    if rejects and files.format == "csv":
        options.append("store_rejects = true, rejects_limit = 0")
    return f"read_{files.format}({', '.join(options)})"


def columns_of(connection: DuckDBPyConnection, source: str) -> dict[str, str]:
    """Type of each column, as DuckDB writes it."""
    return {str(row[0]): str(row[1]) for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}


def text(value: str) -> str:
    """An SQL string.

    >>> print(text("it's"))
    'it''s'
    """
    return "'" + value.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted name.

    >>> print(identifier('a"b'))
    "a""b"
    """
    return '"' + name.replace('"', '""') + '"'


def _unglobbed(path: str) -> str:
    """A path that DuckDB takes for itself and not for a pattern."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in path)


def _arrow(connection: DuckDBPyConnection, paths: Sequence[str], texts: Sequence[str]) -> str:
    """Register the files, with the columns whose names occur in one of the texts; with all if there are no texts."""
    name = f"byhand_arrow_{abs(hash(tuple(paths)))}"
    written = "\n".join(texts).lower()
    has_all = not texts or "*" in written or "columns" in written
    connection.register(name, ArrowFiles(paths, lambda column: has_all or column.lower() in written))
    return name
