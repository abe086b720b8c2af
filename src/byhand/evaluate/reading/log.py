"""A prediction log that is open: its rows as arrays, again and again, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from byhand.evaluate.reading import bad_rows
from byhand.evaluate.reading.classes import with_classes
from byhand.evaluate.reading.columns import Columns, Resolver
from byhand.evaluate.reading.database import MEMORY, connect, reading
from byhand.evaluate.reading.files import Files
from byhand.evaluate.reading.question import Question
from byhand.evaluate.reading.refused import Refused
from byhand.evaluate.reading.relation import columns_of, relation, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH = 1 << 21
"""Values of an Arrow batch, at most: its rows times its columns."""
MOST_SLICES = 1000
FEW = 10
"""Values of a label that a message lists, at most."""


class Rows(NamedTuple):
    """A batch of n rows, as views of Arrow's memory.

    Attributes:
        labels: (n,) uint8, 0 or 1; of many classes the index of the row's class.
        scores: for each model (n,) float32 or float64, without nan.
        weights: (n,) float64, finite and at least 0, or None.
        codes: for each ``by`` (n,) uint16, the index of the row's value among :attr:`Log.slices`.
        groups: (n,) int64 or uint64, or None if they were not asked for.
        has_classes: whether there are many classes, one for each model.
    """

    labels: NDArray[np.uint8]
    scores: tuple[NDArray[Any], ...]
    weights: NDArray[np.float64] | None = None
    codes: tuple[NDArray[np.uint16], ...] = ()
    groups: NDArray[Any] | None = None
    has_classes: bool = False

    def positives(self, model: int) -> NDArray[np.uint8]:
        """(n,) 1 for the positives of a model; of many classes, the rows of its class."""
        return (self.labels == model).view(np.uint8) if self.has_classes else self.labels


Slices = tuple[tuple[str | None, ...], ...]
"""For each ``by``, its values as text, None for NULL."""


@dataclass
class Log:
    """Rows of files under a question. Made by :func:`open_log`."""

    connection: DuckDBPyConnection
    files: Files
    question: Question
    source: str
    columns: Columns
    reader: Any = None

    def close(self) -> None:
        """Stop what is being read, which must not outlive the connection."""
        if self.reader is not None:
            self.reader.close()
            self.reader = None

    def count(self) -> int | float | None:
        """The number of rows before they are read: int where the files tell it, float for an estimate, or None."""
        if self.question.where is not None or self.files.is_remote:
            return None
        if self.files.format in ("csv", "json"):
            return self.files.estimated_lines()
        with self._reading():
            return int(self.connection.execute(f"SELECT count(*) FROM {self.source}").fetchall()[0][0])

    def count_used(self) -> int:
        """The number of rows that :meth:`batches` gives. The columns of conditions are read."""
        with self._reading():
            query = f"SELECT count(*) FROM {self.source} WHERE {self._where()}"
            return int(self.connection.execute(query).fetchall()[0][0])

    def batches(self, slices: Slices = (), grouped: bool = False, ordered_by: int | None = None) -> Iterator[Rows]:
        """All rows, in any order.

        Args:
            slices: the values of each ``by`` whose codes are wanted.
            grouped: also give the groups.
            ordered_by: give the groups, sorted, and within each its rows by the score of this model; DuckDB spills to
                disk if it must.

        Raises:
            Refused: a row cannot be used, or a file changed or cannot be read.
        """
        sql = self._select(slices, grouped or ordered_by is not None)
        if ordered_by is not None:
            sql += f" ORDER BY byhand_group, byhand_score_{ordered_by}"
        with self._reading():
            self.close()
            found = self.connection.sql(sql)
            self.reader = found.to_arrow_reader(BATCH // len(found.columns))
            for batch in self.reader:
                if batch.num_rows:
                    yield self._rows(batch)
        self.files.refuse_changed()

    def slices(self) -> Slices:
        """The values of each ``by``, sorted, NULL last.

        Raises:
            Refused: there are more than :data:`MOST_SLICES`.
        """
        found = []
        for given, sql in zip(self.question.by, self.columns.by, strict=True):
            values = self._distinct(sql, MOST_SLICES + 1)
            if len(values) > MOST_SLICES:
                raise Refused("many slices", got=given, most=MOST_SLICES)
            found.append(tuple(sorted(values, key=lambda value: (value is None, value or ""))))
        return tuple(found)

    def refuse_without_positive(self) -> None:
        """Raise if no row has the label that is asked for as positive, whatever its weight."""
        label = self.columns.label
        if True in self._distinct(f"{label.encoded} = 1", 2):
            return
        values = self._distinct(f"CAST({label.value} AS VARCHAR)", FEW + 1)
        shown = ", ".join(sorted(map(str, values))[:FEW]) + (", …" if len(values) > FEW else "")
        fill = {"got": self.question.positive, "values": shown, "files": _named(self.files.paths)}
        raise Refused("no positive", label=label.given, **fill)

    def dropped(self) -> dict[str, int]:
        """How many rows were skipped, by reason: keys of ``REFUSALS``, and "bad line" for those that do not parse."""
        return (
            bad_rows.count(self.connection, self.files, self.columns, self._reading) if self.question.skip_bad else {}
        )

    def number_groups(self) -> None:
        """Give the groups whole numbers, if they are not integers. DuckDB spills to disk if it must."""
        assert self.columns.group is not None
        if not self.columns.group_is_integer:
            value = self.columns.group.value
            with self._reading():
                self.connection.execute(
                    "CREATE OR REPLACE TEMP TABLE byhand_groups AS SELECT value, row_number() OVER () AS number FROM "
                    f"(SELECT DISTINCT {value} AS value FROM {self.source} WHERE {self._where()} AND {value} NOT NULL)"
                )

    def _distinct(self, sql: str, most: int) -> list[Any]:
        """The values of an expression, in any order, but no more than so many."""
        query = f"SELECT DISTINCT {sql} AS value FROM {self.source} WHERE {self._where()} LIMIT {most}"
        with self._reading():
            return [row[0] for row in self.connection.execute(query).fetchall()]

    def _select(self, slices: Slices, grouped: bool) -> str:
        columns, joins = self.columns, ""
        inner = [f"{columns.label.encoded} AS byhand_label"]
        inner += [f"{score.encoded} AS byhand_score_{i}" for i, score in enumerate(columns.scores)]
        outer = ["byhand_label", *(f"byhand_score_{i}" for i in range(len(columns.scores)))]
        if columns.weight is not None:
            inner.append(f"{columns.weight.encoded} AS byhand_weight")
            outer.append("byhand_weight")
        for i, values in enumerate(slices):
            inner.append(f"{columns.by[i]} AS byhand_by_{i}")
            outer.append(f"slice_{i}.code AS byhand_code_{i}")
            joins += f" LEFT JOIN {_numbered(values)} AS slice_{i}(value, code)"
            joins += f" ON byhand_by_{i} IS NOT DISTINCT FROM slice_{i}.value"
        if grouped:
            assert columns.group is not None
            inner.append(f"{columns.group.encoded} AS byhand_group")
            if columns.group_is_integer:
                outer.append("byhand_group")
            else:
                outer.append("byhand_groups.number AS byhand_group")
                joins += " LEFT JOIN byhand_groups ON byhand_group = byhand_groups.value"
        rows = f"(SELECT {', '.join(inner)} FROM {self.source} WHERE {self._where()})"
        return f"SELECT {', '.join(outer)} FROM {rows}{joins}"

    def _where(self) -> str:
        if not self.question.skip_bad:
            return self.columns.where
        parsed = bad_rows.parsed(self.files, self.columns)
        return f"{self.columns.where} AND {parsed} AND ({bad_rows.problem(self.columns)}) IS NULL"

    def _rows(self, batch: Any) -> Rows:
        """The arrays of an Arrow batch, without a copy."""
        arrays = dict(zip(batch.schema.names, batch.columns, strict=True))
        k = len(self.columns.scores)
        used = [name for name in arrays if not name.startswith("byhand_code_")]
        if any(arrays[name].null_count for name in used):
            self._refuse_bad_row()
        if any(array.null_count for array in batch.columns):  # a value that was not there before
            self.files.refuse_changed()
            raise Refused("unsteady", got=", ".join(self.question.by))
        views = {name: array.to_numpy(zero_copy_only=True) for name, array in arrays.items()}
        scores = tuple(views[f"byhand_score_{i}"] for i in range(k))
        highest = max(1, len(self.question.classes) - 1)
        if views["byhand_label"].max() > highest or any(np.isnan(score.min()) for score in scores):
            self._refuse_bad_row()
        codes = tuple(array for name, array in views.items() if name.startswith("byhand_code_"))
        weights, groups = views.get("byhand_weight"), views.get("byhand_group")
        return Rows(views["byhand_label"], scores, weights, codes, groups, bool(self.question.classes))

    def _refuse_bad_row(self) -> None:
        self.files.refuse_changed()
        raise bad_rows.first(self.files, self.columns, self.question.where)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Errors of DuckDB as sentences; if a file has changed, that is the reason."""
        try:
            with reading(_named(self.files.paths)):
                yield
        except Refused:
            self.files.refuse_changed()
            raise


@contextmanager
def open_log(files: Files, question: Question, memory: str = MEMORY, threads: int | None = None) -> Iterator[Log]:
    """Open the files and find the question's columns.

    Args:
        files: from :func:`byhand.evaluate.reading.files.find_files`.
        question: what is asked; if it asks for many classes without their names, those that the files have.
        memory: how much DuckDB may take, such as "512MB".
        threads: how many threads DuckDB uses; by default all.

    Raises:
        Refused: DuckDB is missing, a file cannot be read, or a column cannot be used.
    """
    if files.format in ("csv", "json") and not files.bytes and all(files.stamps):
        raise Refused("no rows", files=_named(files.paths))
    with connect(memory, threads) as connection:
        with reading(_named(files.paths)):
            source = relation(connection, files, question.skip_bad)
            known = _known(connection, files, source)
            if not connection.execute(f"SELECT 1 FROM {source} LIMIT 1").fetchall():
                raise Refused("no rows", files=_named(files.paths))
            resolver = Resolver(connection, source, known, files.format == "csv")
            if question.multi_class is not None and not question.classes:
                question = with_classes(question, resolver, _named(files.paths))
        columns = resolver.columns(question)
        if files.format == "arrow":
            source = relation(connection, files, texts=question.texts())
        log = Log(connection, files, question, source, columns)
        try:
            yield log
        finally:
            log.close()


def _known(connection: DuckDBPyConnection, files: Files, source: str) -> dict[str, str]:
    """Type of each column.

    Raises:
        Refused: for a line of CSV that is not like the others, DuckDB finds no columns, or takes all for one.
    """
    import duckdb

    unfound: duckdb.Error | None = None
    try:
        known = columns_of(connection, source)
    except duckdb.InvalidInputException as error:
        if files.format != "csv" or "Error when sniffing" not in str(error):
            raise
        unfound, known = error, {}
    if files.format == "csv" and (unfound or (len(known) == 1 and set(",;|\t") & set(next(iter(known))))):
        if refused := bad_rows.unlike(connection, files):
            raise refused
        if unfound:
            raise unfound
    return known


def _numbered(values: Sequence[str | None]) -> str:
    rows = (f"({'NULL' if value is None else text(value)}, CAST({i} AS USMALLINT))" for i, value in enumerate(values))
    return f"(VALUES {', '.join(rows) or '(NULL, CAST(0 AS USMALLINT))'})"


def _named(paths: Sequence[str]) -> str:
    return ", ".join(paths[:3]) + (", …" if len(paths) > 3 else "")
