"""The state from which AUC and all that depends on the order of scores is computed, at any size.

The first pass counts rows by the top bits of their keys, or keeps them all while they fit: then everything is exact at
once. Pairs of rows in different cells have a known order. Pairs of a positive and a negative in one cell count between
0 and 1, so AUC has certain bounds. Each further pass reads all rows again and looks closer at a range of keys that
has such pairs, until there are none, or the bounds are close enough.

All counts are whole numbers, and cells depend only on the rows themselves: the result is the same, bit for bit, for
any order, split, number of threads, and machine.
"""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from byhand._check import must_be
from byhand.evaluate import curves, statistics
from byhand.evaluate.batches import MOST, UNIT, TooHeavy, columns, in_units, positives
from byhand.evaluate.counts import KeyCounts, Sums
from byhand.evaluate.keys import KINDS, Kind, kind_of, stored
from byhand.evaluate.results import Curve, DeLong, Estimate
from byhand.evaluate.rows import PIECE, Rows, Waiting, add_rows, check_scores
from byhand.evaluate.storage import pack, unpack

MEMORY = 256 << 20  # bytes that a state keeps by default
LEAST = 8 << 20  # bytes: room for a cell in each of 2¹⁷ pages


class Ranking:
    """Counts of positives and negatives by score, from which AUC follows with certain bounds; mergeable.

    Args:
        memory: bytes that the state may keep, at least 8 MiB. It takes up to half as much again while it works.
            Scores of up to 32 bits take 2 bytes a row and those of 64 bits 8, so by default 1.3 · 10⁸ and 3.3 · 10⁷
            rows are exact in one pass. More rows are exact in one pass if cells are fine enough to tell all scores
            from each other: 16-bit or rounded scores.
        unit: weights are whole multiples of this power of 2. Whole numbers are exact; what rounding another weight can
            change is added to the bounds.

    Attributes:
        rows: rows of the first pass.
        n_passes: passes begun.

    >>> ranking = Ranking()
    >>> ranking.update(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
    >>> ranking.auc()
    Estimate(value=0.75, lower=0.75, upper=0.75)
    """

    def __init__(self, *, memory: int = MEMORY, unit: float = UNIT) -> None:
        if not isinstance(memory, int) or memory < LEAST:
            raise must_be("memory", "Ranking", f"bytes, {LEAST} or more", repr(memory), ValueError)
        if not 0 < unit <= 1 or np.frexp(unit)[0] != 0.5:
            raise must_be("unit", "Ranking", "a power of 2, at most 1", repr(unit), ValueError)
        self.memory, self.unit = memory, float(unit)
        self.kind: Kind | None = None
        self.weighted: bool | None = None
        self.rounded = [0, 0]  # rows of each class whose weight was rounded
        self.fractions = 0  # rows whose weight is not a whole number
        self.weight = 0  # in units
        self.rows, self.n_passes = 0, 1
        self._rows_read = 0  # rows of this pass
        self._first: KeyCounts | None = None  # of the first pass
        self._counts: KeyCounts | None = None  # of this pass
        self._known: list[Sums] | None = None  # of earlier passes, with moments
        self._totals, self._centre = (0, 0), 0.0
        self._waiting = Waiting()
        self._cache: dict[str, Any] = {}

    def update(self, labels: Any, scores: Any, weights: Any = None) -> None:
        """Add rows. Nothing is added if an argument is wrong.

        Args:
            labels: (n,) bools, or numbers 0 and 1.
            scores: (n,) floats or integers of at most 64 bits; ±∞ are allowed. All batches have the same dtype.
            weights: (n,) finite, at least 0; for all batches or for none.

        Raises:
            BadRow: a label other than 0 and 1, a nan score, a weight below 0 or not finite; it says which row.
            TooHeavy: the total weight is more than 64 bits hold.
            ValueError: another dtype than before, or lengths that differ.
        """
        y, x, w = columns(labels=labels, scores=scores, weights=weights)
        self.update_stored(y, stored(x, kind := kind_of(x)), kind, w, given=x)

    def update_stored(
        self, labels: NDArray[Any], x: NDArray[Any], kind: Kind, weights: NDArray[Any] | None, given: NDArray[Any]
    ) -> None:
        """As :meth:`update`, of scores that are already signed integers with the bits of their kind."""
        if not len(x):
            return
        self._check_kind(kind, weights is not None)
        y = positives(labels)
        units, rounded, fractions = np.empty(0, np.int64), [0, 0], 0
        if weights is not None:
            units, inexact = in_units(weights, self.unit)
            rounded = [int((inexact & (y == label)).sum()) for label in (0, 1)]
            fractions = int(np.count_nonzero(units % round(1 / self.unit))) + sum(rounded)
            if not units.all():
                kept = units > 0
                x, y, units, given = x[kept], y[kept], units[kept], given[kept]
        added = int(units.sum(dtype=object)) if weights is not None else len(x)
        self._check_weight(added)
        self._add((x, y, units), kind, given)
        self.weighted = weights is not None
        self._rows_read += len(labels)
        if self.n_passes == 1:
            self.rows, self.weight, self.fractions = self._rows_read, self.weight + added, self.fractions + fractions
            self.rounded = [a + b for a, b in zip(self.rounded, rounded, strict=True)]
        self._cache.clear()

    def merge(self, other: Ranking) -> None:
        """Add the rows of another state of the same pass, which must not be used afterwards.

        Raises:
            TooHeavy: the total weight is more than 64 bits hold; then nothing is added.
            ValueError: it has another dtype of scores, or other settings, or is in another pass.
        """
        if not isinstance(other, Ranking):
            raise must_be("other", "merge", "a Ranking", type(other).__name__, ValueError)
        mine, theirs = self._settings(), other._settings()
        if mine != theirs:
            raise must_be("other", "merge", f"a state of the same pass and settings, {mine}", theirs, ValueError)
        if other.kind is not None:
            self._check_kind(other.kind, bool(other.weighted), "merge")
            self._check_weight(other.weight, "merge")
            self._flush()
            other._flush()
            self.kind, self.weighted = other.kind, other.weighted
            if other._counts is not None:
                self._current().merge(other._counts)
        self._rows_read += other._rows_read
        if self.n_passes == 1:
            self.rows, self.weight, self.fractions = (
                self._rows_read,
                self.weight + other.weight,
                self.fractions + other.fractions,
            )
            self.rounded = [a + b for a, b in zip(self.rounded, other.rounded, strict=True)]
        self._cache.clear()

    def copy_empty(self) -> Ranking:
        """An empty state of the same pass, for another thread or machine; it has no results of earlier passes."""
        empty = Ranking(memory=self.memory, unit=self.unit)
        if self.n_passes > 1:
            empty.kind, empty.weighted, empty.n_passes = self.kind, self.weighted, self.n_passes
            empty._counts = KeyCounts(self._current().first, self._current().last, self.memory)
        return empty

    @property
    def done(self) -> bool:
        """Whether the order of all pairs is known: AUC is exact."""
        return not any(part.unknown for part in self._parts())

    def width(self) -> float:
        """The distance of the bounds of AUC; 0 if there is one class only."""
        return 0.0 if self.done else self.auc().width

    def next_pass(self) -> None:
        """Begin the next pass: keep what is known, and choose the keys at which it looks.

        Raises:
            ValueError: the rows of this pass are not all there, or differ from those of the first one.
        """
        parts = self._parts(moments=True)
        if self.n_passes == 1:
            self._totals, self._centre = self._sizes(parts), self.auc().value
        run = statistics.choose(parts, self.rows, self.memory)
        self._known, self.n_passes, self._rows_read = parts, self.n_passes + 1, 0
        self._counts = KeyCounts(*run, self.memory)
        self._cache.clear()

    @property
    def negatives(self) -> int:
        """The number of negative rows, or their weight in units."""
        return self._sizes(self._parts())[0]

    @property
    def positives(self) -> int:
        """The number of positive rows, or their weight in units."""
        return self._sizes(self._parts())[1]

    def auc(self) -> Estimate:
        """The area under the ROC curve: exact, then correctly rounded; or the middle of the bounds.

        The correctly rounded AUC is never outside of the bounds.
        """
        return statistics.auc(self._parts(), self.rounded)

    def two_u(self) -> int:
        """2U, in which pairs of unknown order count as ties: AUC is 2U / (2 · negatives · positives)."""
        two_u, unknown, _, _ = statistics.count_pairs(self._parts())
        return two_u + unknown

    def average_precision(self) -> Estimate:
        """The mean, over positives, of the precision at their score (see :mod:`byhand.formulas.average_precision`).

        Exact up to rounding if all rows are kept, or have few scores. Else it has bounds, which further passes narrow;
        they do not end in a point, since no pass looks at cells of one class.
        """
        return statistics.average_precision(self._parts(moments=True))

    def delong(self, confidence: float = 0.95) -> DeLong:
        """Standard error and confidence interval of AUC (see :mod:`byhand.formulas.delong`).

        Exact up to rounding if :attr:`done`; else placements within a cell are taken as ties.

        Raises:
            ValueError: weights that are not whole numbers; they are taken as numbers of rows.
        """
        if self.fractions:
            raise must_be("weights", "delong", "whole numbers of rows", "fractions", ValueError)
        parts = self._parts(moments=True)
        scale = self.unit if self.weighted else 1.0
        return statistics.delong(parts, self.auc().value, self._centre, scale, confidence)

    def partial_auc(self, max_fpr: float) -> Estimate:
        """The area left of a false positive rate, scaled so that a random order has ½ and a perfect one 1."""
        return curves.partial_auc(self._all_counts(), self._first_parts(), max_fpr)

    def roc_curve(self, tolerance: float = 1e-3) -> Curve:
        """False and true positive rates, thinned: the true positive rate is nowhere off by more than the tolerance."""
        return curves.roc_curve(self._all_counts(), self._first_parts(), self.kind, tolerance)

    def pr_curve(self, tolerance: float = 1e-2) -> Curve:
        """Recall and precision, thinned: precision is nowhere off by more than the tolerance."""
        return curves.pr_curve(self._all_counts(), self._first_parts(), self.kind, tolerance)

    def quantile_edges(self, n: int = 10) -> NDArray[np.float64]:
        """The n − 1 scores that cut the rows into n parts of about the same size; equal ones are left out."""
        return curves.quantiles(self._all_counts(), self._first_parts(), self.kind, n)

    def partial(self) -> Ranking:
        """The rows of this pass alone, to be merged elsewhere, as from a :meth:`copy_empty`."""
        if self.n_passes == 1:
            return self
        self._flush()
        part = self.copy_empty()
        part._counts, part._rows_read = self._counts, self._rows_read
        return part

    def with_rows(self, part: Ranking) -> Ranking:
        """This state with the rows of ``part`` in place of its own in this pass."""
        if self.n_passes == 1:
            return part
        whole = copy(self)
        whole._counts, whole._rows_read = part._counts, part._rows_read
        whole._waiting, whole._cache = Waiting(), {}
        return whole

    def to_bytes(self) -> bytes:
        """The state as bytes: the same for the same rows, and for any order and split of them."""
        self._flush()
        names = ("memory", "unit", "weighted", "rounded", "fractions", "weight", "rows", "n_passes")
        meta: dict[str, Any] = {name: getattr(self, name) for name in names}
        meta |= {"kind": self.kind and self.kind.name, "read": self._rows_read, "centre": self._centre}
        meta |= {"totals": self._totals, "known": self._known}
        arrays: dict[str, NDArray[Any]] = {}
        for name, counts in (("first", self._first), ("counts", self._counts)):
            if counts is None or (name == "first" and counts is self._counts):
                continue
            arrays |= {f"{name}.{key}": x for key, x in counts.arrays().items()}
            meta[name] = counts.first, counts.last, counts.bytes
        return pack("Ranking", meta, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Ranking:
        """The state of :meth:`to_bytes`.

        Raises:
            ValueError: the bytes are cut off, or something else.
        """
        meta, arrays = unpack("Ranking", data)
        self = cls(memory=meta["memory"], unit=meta["unit"])
        for name in ("weighted", "rounded", "fractions", "weight", "rows", "n_passes"):
            setattr(self, name, meta[name])
        self.kind = meta["kind"] and KINDS[meta["kind"]]
        self._rows_read, self._centre, self._totals = meta["read"], meta["centre"], tuple(meta["totals"])
        if meta["known"] is not None:
            self._known = [
                Sums(*part)._replace(squares=tuple(part[6]), precision=tuple(part[7])) for part in meta["known"]
            ]
        for name in ("first", "counts"):
            if name in meta:
                first, last, size = meta[name]
                counts = KeyCounts(first, last, self.memory)
                own = {key.partition(".")[2]: x for key, x in arrays.items() if key.startswith(f"{name}.")}
                counts.restore(size, own)
                setattr(self, f"_{name}", counts)
        if self.n_passes == 1:
            self._first = self._counts
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (self.to_bytes(),)

    def _settings(self) -> dict[str, Any]:
        counts = self._counts if self.n_passes > 1 else None
        keys = None if counts is None else (counts.first, counts.last)
        return {"memory": self.memory, "unit": self.unit, "pass": self.n_passes, "keys": keys}

    def _check_kind(self, kind: Kind, weighted: bool, of: str = "update") -> None:
        if self.kind is not None and kind != self.kind:
            raise must_be("scores", of, f"{self.kind.name} as before", kind.name, ValueError)
        if self.weighted is not None and weighted != self.weighted:
            with_them, without = "with weights", "without weights"
            expected, found = (with_them, without) if self.weighted else (without, with_them)
            raise must_be("weights", of, f"the same for all rows: {expected}", found, ValueError)

    def _check_weight(self, added: int, of: str = "update") -> None:
        """The first pass checks the total; further ones read the same rows."""
        if self.n_passes == 1 and self.weight + added > MOST:
            raise must_be("weights", of, f"at most {MOST * self.unit:g} in total", "more", TooHeavy)

    def _current(self) -> KeyCounts:
        if self._counts is None:
            assert self.kind is not None
            self._counts = self._first = KeyCounts(self.kind.first, self.kind.last, self.memory)
        return self._counts

    def _add(self, rows: Rows, kind: Kind, given: NDArray[Any]) -> None:
        """Check for nan, and add the rows or let them wait until there are many."""
        check_scores(rows[0], kind, given)
        self.kind = kind
        if len(rows[0]) >= PIECE:
            add_rows(self._current(), rows, kind.sign)
            return
        self._waiting.add(rows)
        if self._waiting.number >= 2 * PIECE:
            self._flush()

    def _flush(self) -> None:
        """Add the rows that wait."""
        if self._waiting.number:
            assert self.kind is not None
            add_rows(self._current(), self._waiting.take(), self.kind.sign)

    def _parts(self, moments: bool = False) -> list[Sums]:
        """What is known of all ranges of keys, ascending."""
        self._flush()
        name = "moments" if moments else "sums"
        if name not in self._cache:
            self._cache[name] = self._find_parts(moments)
        return self._cache[name]  # type: ignore[no-any-return]

    def _find_parts(self, moments: bool) -> list[Sums]:
        counts = self._counts
        if self.n_passes == 1:
            if counts is None:
                return []
            if not moments:
                return counts.sums()
            parts = self._parts()
            if not min(self._sizes(parts)):
                return parts
            self._centre = statistics.auc(parts, [0, 0]).value
            return counts.moments(parts, (0, 0), self._sizes(parts), self._centre)
        if self._known is None or counts is None:
            raise ValueError("This state was made by `copy_empty` for one pass: merge it into the one that made it.")
        if not self._rows_read:
            return self._known
        lower = [part for part in self._known if part.last < counts.first]
        upper = [part for part in self._known if part.first > counts.last]
        old = self._known[len(lower) : len(self._known) - len(upper)]
        new = counts.moments(counts.sums(), self._sizes(lower), self._totals, self._centre)
        if self._rows_read != self.rows or self._sizes(new) != self._sizes(old):
            read = f"pass {self.n_passes} has read {self._rows_read} rows, the first pass {self.rows}"
            raise ValueError(f"The rows must be the same in each pass: {read}, or their scores or labels differ.")
        return [*lower, *new, *upper]

    def _first_parts(self) -> list[Sums]:
        """The sums of the first pass."""
        self._flush()
        if "first" not in self._cache:
            self._cache["first"] = [] if self._first is None else self._first.sums()
        return self._cache["first"]  # type: ignore[no-any-return]

    def _all_counts(self) -> KeyCounts | None:
        self._flush()
        return self._first

    @staticmethod
    def _sizes(parts: list[Sums]) -> tuple[int, int]:
        return sum(part.negatives for part in parts), sum(part.positives for part in parts)
