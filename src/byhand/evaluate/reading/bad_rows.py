"""Rows that cannot be used: the first one, with its file and its place in it, or how many there are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from byhand.evaluate.reading.arrow import arrow_batches, partitions
from byhand.evaluate.reading.columns import Column, Columns
from byhand.evaluate.reading.database import connect, reading
from byhand.evaluate.reading.files import Files
from byhand.evaluate.reading.refused import Phrase, Refused
from byhand.evaluate.reading.relation import identifier, relation

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def problem(columns: Columns) -> str:
    """SQL: the key of the first problem of a row in ``REFUSALS``, or NULL."""
    cases = (f"WHEN {condition} THEN '{key}'" for column in used(columns) for key, condition in column.problems)
    return f"CASE {' '.join(cases)} END"


def parsed(files: Files, columns: Columns) -> str:
    """SQL that is true of rows whose lines parse, and so that each query leaves out the same lines.

    A line of JSON that does not parse is a row of NULL. Of the lines of CSV that do not parse, DuckDB leaves out those
    where a column that the query reads does not; this condition reads all.
    """
    if files.format == "json":
        return f"NOT {blank(files, columns)}"
    if files.format != "csv":
        return "true"
    return f"hash({', '.join((*(column.value for column in used(columns)), *columns.by))}) IS NOT NULL"


def blank(files: Files, columns: Columns) -> str:
    """SQL: whether a row has no value, but those that the names of folders give."""
    names = [identifier(name) for name in columns.names if name not in partitions(files.paths[0])]
    return f"({' AND '.join(f'{name} IS NULL' for name in names) or 'false'})"


def culprit(columns: Columns) -> str:
    """SQL: the index of the column that has this problem, among the :func:`used` ones."""
    cases = (f"WHEN {condition} THEN {i}" for i, column in enumerate(used(columns)) for _, condition in column.problems)
    return f"CASE {' '.join(cases)} END"


def used(columns: Columns) -> list[Column]:
    """The columns that may make a row unusable."""
    every = (columns.label, *columns.scores, columns.weight, columns.group)
    return [column for column in every if column is not None]


def count(
    connection: DuckDBPyConnection,
    files: Files,
    columns: Columns,
    guard: Callable[[], AbstractContextManager[None]],
) -> dict[str, int]:
    """How many rows have each problem, and how many lines of CSV or JSON do not parse ("bad line")."""
    with guard():
        source = relation(connection, files, skip_bad=True, rejects=True)
        found = connection.execute(
            f"SELECT problem, count(*) FROM (SELECT {problem(columns)} AS problem FROM {source} WHERE {columns.where}"
            f" AND {parsed(files, columns)}) WHERE problem IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
        counts = {str(key): int(n) for key, n in found}
        unparsed = {
            "csv": "SELECT count(DISTINCT (file_id, line)) FROM reject_errors",
            "json": f"SELECT count(*) FROM {source} WHERE {blank(files, columns)}",
        }
        if files.format in unparsed:
            lines = connection.execute(unparsed[files.format]).fetchall()[0][0]
            counts |= {"bad line": int(lines)} if lines else {}
    return counts


def unlike(connection: DuckDBPyConnection, files: Files) -> Refused | None:
    """The error for the first line of CSV that is not like the others, if DuckDB finds no columns for that reason."""
    connection.execute(f"SELECT count(*) FROM {relation(connection, files, skip_bad=True, rejects=True)}").fetchall()
    found = connection.execute(
        "SELECT file_path, line, error_message FROM reject_errors JOIN reject_scans USING (scan_id, file_id) "
        "ORDER BY file_id, line LIMIT 1"
    ).fetchone()
    if found is None:
        return None
    path, line, why = found
    return Refused("bad line", file=path, line=f"{line:,}", why=why.rstrip("."))


def first(files: Files, columns: Columns, where: str | None) -> Refused:
    """The error for the first row that cannot be used, in the order of the files. Rows are counted from 1."""
    for path, stamp in zip(files.paths, files.stamps, strict=True):
        one = replace(files, paths=(path,), stamps=(stamp,))
        found = _first_in(one, columns)
        if found is not None:
            row, key, i, *values = found
            column, shown = used(columns)[i], "NULL" if values[i] is None else values[i]
            if len(columns.scores) > 1 and column in columns.scores:
                shown = f"{column.given} = {shown}"
            return Refused("bad row", row=f"{row:,}", file=path, problem=Phrase(key), got=shown)
    return Refused("changed", file=files.paths[0])


def _first_in(files: Files, columns: Columns) -> tuple[Any, ...] | None:
    """Its place, what :func:`problem` and :func:`culprit` say, and the texts of all used columns."""
    values = ", ".join(f"CAST({column.value} AS VARCHAR)" for column in used(columns))
    with connect(threads=1) as connection, reading(files.paths[0]):
        connection.execute("SET preserve_insertion_order = true")
        if files.format == "arrow":
            return _first_in_arrow(connection, files, columns, values)
        source = relation(connection, files)
        numbered = f"(SELECT *, row_number() OVER () AS byhand_row FROM {source})"
        return _found(connection, numbered, "byhand_row", columns, values)


def _first_in_arrow(
    connection: DuckDBPyConnection, files: Files, columns: Columns, values: str
) -> tuple[Any, ...] | None:
    import pyarrow as pa

    before = 0
    for batch in arrow_batches(files.paths[0]):
        numbered = pa.Table.from_batches([batch]).append_column(
            "byhand_row", pa.array(range(before + 1, before + batch.num_rows + 1))
        )
        connection.register("byhand_batch", numbered)
        found = _found(connection, "byhand_batch", "byhand_row", columns, values)
        if found is not None:
            return found
        before += batch.num_rows
    return None


def _found(
    connection: DuckDBPyConnection, source: str, row: str, columns: Columns, values: str
) -> tuple[Any, ...] | None:
    found = connection.execute(
        f"SELECT {row}, {problem(columns)} AS problem, {culprit(columns)}, {values} FROM {source} "
        f"WHERE {columns.where} AND ({problem(columns)}) IS NOT NULL ORDER BY {row} LIMIT 1"
    ).fetchall()
    return found[0] if found else None
