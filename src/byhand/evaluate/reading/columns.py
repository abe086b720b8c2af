"""From the columns of a question to SQL: what each is called, what type it has, which values are refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from byhand.evaluate.reading.database import first_line
from byhand.evaluate.reading.refused import Phrase, Refused
from byhand.evaluate.reading.relation import identifier, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from byhand.evaluate.reading.question import Question

EXACT = {"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER", "BOOLEAN", "FLOAT", "DOUBLE"}
"""Types whose values float64 holds exactly."""
WIDE = {"BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT"}
HEAVIEST = 1 << 42
"""The largest weight, and total weight: 2⁶² units of 2⁻²⁰."""
FLOATS = ("FLOAT", "DOUBLE")
INTEGERS = (EXACT | WIDE) - {"BOOLEAN", *FLOATS, "HUGEINT", "UHUGEINT"}


@dataclass(frozen=True)
class Column:
    """A column in SQL.

    Attributes:
        given: as the user wrote it.
        value: the SQL of its value.
        encoded: the SQL of what kernels get.
        problems: for each reason why a row is refused, a key of ``REFUSALS`` and the SQL condition.
    """

    given: str
    value: str
    encoded: str
    problems: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Columns:
    """All columns of a question over one log; ``names`` are those that the log has, used or not."""

    label: Column
    scores: tuple[Column, ...]
    weight: Column | None
    group: Column | None
    group_is_integer: bool
    by: tuple[str, ...]
    where: str
    names: tuple[str, ...]


class Resolver:
    """Finds what a question names among the columns of a relation.

    Args:
        connection: to ask for types.
        source: the FROM clause.
        known: type of each column.
        is_text: whether the files are text (CSV), so that a column of mixed values has the type VARCHAR.
    """

    def __init__(self, connection: DuckDBPyConnection, source: str, known: Mapping[str, str], is_text: bool) -> None:
        self.connection, self.source, self.known, self.is_text = connection, source, known, is_text

    def columns(self, question: Question) -> Columns:
        """All columns of the question.

        Raises:
            Refused: one is not there, is no SQL, or is of a type that cannot be used.
        """
        if question.multi_class is None:
            label = self.label(question.label, question.positive)
        else:
            label = self.class_label(question.label, question.classes)
        scores = tuple(self.score(given) for given in question.scores)
        weight = None if question.weight is None else self.weight(question.weight)
        group = None if question.group is None else self.group(question.group)
        by = tuple(f"CAST({self._single('--by', given)[0]} AS VARCHAR)" for given in question.by)
        is_integer = group is not None and group.encoded != group.value
        return Columns(label, scores, weight, group, is_integer, by, self.condition(question.where), tuple(self.known))

    def condition(self, given: str | None) -> str:
        """The SQL of a condition; no condition is true."""
        if given is None:
            return "true"
        where, type = self.typed("--where", given)
        if type != "BOOLEAN":
            raise self._refuse_type("--where", given, type, "a boolean")
        return where

    def typed(self, argument: str, given: str) -> tuple[str, str]:
        """The SQL of a column or expression, and its type."""
        import duckdb

        if given in self.known:
            return identifier(given), self.known[given]
        sql = f"({given})"
        try:
            if len(self.connection.extract_statements(f"SELECT {sql}")) != 1:
                raise self._no_sql(argument, given, "it is more than one expression")
            beside = identifier(next(iter(self.known)))  # no value of each row, such as count(*), fits beside it
            found = self.connection.execute(f"DESCRIBE SELECT {sql}, {beside} FROM {self.source}").fetchall()
        except duckdb.Error as error:
            raise self._unknown(argument, given, first_line(error)) from None
        if len(found) != 2:
            raise self._no_sql(argument, given, "it is more than one expression")
        return sql, str(found[0][1])

    def label(self, given: str, positive: str | None) -> Column:
        """The label as 0 and 1; 2 for values that are neither."""
        value, type = self.typed("--label", given)
        null = ("null label", f"{value} IS NULL")
        if positive is not None:
            return Column(given, value, f"CAST({value} = {self._constant(given, type, positive)} AS UTINYINT)", (null,))
        if type == "BOOLEAN":
            return Column(given, value, f"CAST({value} AS UTINYINT)", (null,))
        if not _is_number(type):
            raise self._refuse_type("--label", given, type, "binary")
        bad = f"{value} NOT IN (0, 1)" + (f" OR {_is_nan(value, type)}" if type in FLOATS else "")
        code = f"CAST(CASE WHEN {bad} THEN 2 WHEN {value} = 1 THEN 1 ELSE 0 END AS UTINYINT)"
        code = f"CASE WHEN {value} IS NOT NULL THEN {code} END"
        return Column(given, value, code, (null, ("bad label", bad)))

    def class_label(self, given: str, classes: Sequence[str]) -> Column:
        """The label as the index of its class."""
        value, type, missing = self.class_value(given)
        constants = [self._constant(given, type, one) for one in classes]
        cases = " ".join(f"WHEN {constant} THEN {i}" for i, constant in enumerate(constants))
        code = f"CAST(CASE WHEN {missing} THEN NULL ELSE CASE {value} {cases} ELSE {len(classes)} END END AS UTINYINT)"
        unknown = f"NOT {missing} AND {value} NOT IN ({', '.join(constants)})"
        return Column(given, value, code, (("null label", missing), ("no class", unknown)))

    def class_value(self, given: str) -> tuple[str, str, str]:
        """The SQL of a label of many classes, its type, and the condition that it is missing."""
        value, type = self._single("--label", given)
        return value, type, f"({value} IS NULL" + (f" OR {_is_nan(value, type)})" if type in FLOATS else ")")

    def score(self, given: str) -> Column:
        """The score as FLOAT or DOUBLE, in the same order and with the same ties."""
        value, type = self.typed("--score", given)
        null = ("null score", f"{value} IS NULL")
        if type == "VARCHAR" and self.is_text:
            number = f"TRY_CAST({value} AS DOUBLE)"
            return Column(
                given, value, number, (null, ("bad score", f"{number} IS NULL OR {_is_nan(number, 'DOUBLE')}"))
            )
        if not _is_number(type) and type != "BOOLEAN":
            raise self._refuse_type("--score", given, type, "a number")
        if type in FLOATS:
            return Column(given, value, value, (null, ("bad score", _is_nan(value, type))))
        if type in EXACT:
            return Column(given, value, f"CAST({value} AS DOUBLE)", (null,))
        back = f"coalesce(TRY_CAST(CAST({value} AS DOUBLE) AS {type}) = {value}, false)"
        number = f"CASE WHEN {back} THEN CAST({value} AS DOUBLE) END"
        return Column(given, value, number, (null, ("wide score", f"NOT {back}")))

    def weight(self, given: str) -> Column:
        """The weight as DOUBLE."""
        value, type = self.typed("--weight", given)
        if not _is_number(type):
            raise self._refuse_type("--weight", given, type, "a number")
        number = f"CAST({value} AS DOUBLE)"
        fits = f"({number} >= 0 AND {number} < 'inf'::DOUBLE)"
        bad = f"NOT {fits} OR {_is_nan(number, 'DOUBLE')}"
        large = f"{number} > {HEAVIEST}"  # so is nan
        valid = f"CASE WHEN NOT ({bad} OR {large}) THEN {number} END"
        problems = ("null weight", f"{value} IS NULL"), ("bad weight", bad), ("large weight", large)
        return Column(given, value, valid, problems)

    def group(self, given: str) -> Column:
        """The group as BIGINT or UBIGINT if it is an integer; else it is numbered later."""
        value, type = self._single("--group", given)
        wide = "UBIGINT" if type.startswith("U") else "BIGINT"
        encoded = f"CAST({value} AS {wide})" if type in INTEGERS else value
        return Column(given, value, encoded, (("null group", f"{value} IS NULL"),))

    def _single(self, argument: str, given: str) -> tuple[str, str]:
        value, type = self.typed(argument, given)
        if type.endswith("]") or type.startswith(("STRUCT", "MAP", "UNION")):
            raise self._refuse_type(argument, given, type, "single values")
        return value, type

    def _constant(self, given: str, type: str, positive: str) -> str:
        """``positive`` as a value of the label's type."""
        import duckdb

        constant = f"CAST({text(positive)} AS {type})"
        try:
            self.connection.execute(f"SELECT {constant}").fetchall()
        except duckdb.Error:
            raise Refused("positive", label=given, type=type, got=positive) from None
        return constant

    def _unknown(self, argument: str, given: str, why: str) -> Refused:
        names = {name.lower(): name for name in self.known}
        close = [names[name] for name in get_close_matches(given.lower(), names, 3, 0.6)]
        if given.isidentifier() and "not found" in why:
            hint = Phrase("meant", {"names": ", ".join(close)}) if close else ""
            return Refused("no column", argument=argument, got=given, columns=self._listed(), meant=hint)
        return self._no_sql(argument, given, why)

    def _no_sql(self, argument: str, given: str, why: str) -> Refused:
        return Refused("not SQL", argument=argument, got=given, why=why, columns=self._listed())

    def _refuse_type(self, argument: str, given: str, type: str, what: str) -> Refused:
        fill = {"argument": argument, "got": given, "type": type, "columns": self._listed()}
        return Refused("type", what=Phrase(what), **fill)

    def _listed(self) -> str:
        return ", ".join(self.known)


def _is_number(type: str) -> bool:
    return type in (EXACT | WIDE) - {"BOOLEAN"} or type.startswith("DECIMAL")


def _is_nan(value: str, type: str) -> str:
    """SQL: whether a float is nan.

    DuckDB pushes ``isnan`` down to the reader of Parquet, which leaves out row groups whose statistics, made without
    nan, speak against it. It does not push down a hash, which is a bijection of the bits, but for the signs of 0 and of
    nan and the payloads of nan.
    """
    return f"(hash({value}) = hash('nan'::{type}))"
