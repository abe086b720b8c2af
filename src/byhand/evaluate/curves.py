"""Curves and parts of them, from the counts of the first pass: exact at the points, and thinned with a bound."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from byhand._check import must_be
from byhand.evaluate.counts import KeyCounts, Sums
from byhand.evaluate.keys import TOP, Kind, scores_of
from byhand.evaluate.results import Curve, Estimate
from byhand.evaluate.statistics import NOTHING


def partial_auc(counts: KeyCounts | None, parts: list[Sums], max_fpr: float) -> Estimate:
    """The area left of ``max_fpr``, standardised.

        ½ · (1 + (A − ½ · max_fpr²) / (max_fpr − ½ · max_fpr²))

    Source: McClish, Analyzing a portion of the ROC curve, 1989.
    """
    if not 0 < max_fpr <= 1:
        raise must_be("max_fpr", "partial_auc", "above 0 and at most 1", repr(max_fpr), ValueError)
    N, P = sum(part.negatives for part in parts), sum(part.positives for part in parts)
    if counts is None or not N * P:
        return NOTHING
    limit = Fraction(max_fpr) * N
    area, unknown, left, above = Fraction(0), Fraction(0), limit, 0  # twice the area in pairs
    for part in reversed(parts):
        if part.negatives > left:
            more, less = _area_of_page(counts, part, left, above)
            area, unknown = area + more, unknown + less
            break
        area += part.two_u + 2 * part.negatives * above
        unknown += 2 * part.unknown
        left, above = left - part.negatives, above + part.positives
    least = Fraction(max_fpr) ** 2 / 2
    bounds = [(1 + (a / (2 * N * P) - least) / (Fraction(max_fpr) - least)) / 2 for a in (area, area + unknown)]
    lower, upper = (float(x) for x in bounds)
    return Estimate(float((bounds[0] + bounds[1]) / 2), lower, upper)


def _area_of_page(counts: KeyCounts, part: Sums, left: Fraction, above: int) -> tuple[Fraction, Fraction]:
    """Twice the area, and what is unknown of it, of a page's runs as far as ``left`` negatives from its top."""
    _, runs, unknown = counts.runs(part.first - counts.first >> counts.low)
    area, uncertain = Fraction(0), Fraction(0)
    for (neg, pos), open_ in zip(runs[::-1].tolist(), unknown[::-1].tolist(), strict=True):
        share = min(Fraction(1), left / neg) if neg else Fraction(1)
        width = neg * share
        if open_:
            uncertain += 2 * width * pos
            area += 2 * width * above
        else:
            area += width * (2 * above + share * pos)
        left -= width
        above += pos
        if neg and (share < 1 or not left):
            break
    return area, uncertain


def roc_curve(counts: KeyCounts | None, parts: list[Sums], kind: Kind | None, tolerance: float) -> Curve:
    """The ROC curve, from (0, 0) to (1, 1)."""
    _check(tolerance, "roc_curve")
    N, P = sum(part.negatives for part in parts), sum(part.positives for part in parts)
    if counts is None or kind is None or not N * P:
        return Curve(np.empty(0), np.empty(0), np.empty(0), tolerance)
    wide = [part.negatives > tolerance * N or part.positives > tolerance * P for part in parts]
    keys, steps, unknown = _steps(counts, parts, wide)
    x, y = (np.append(0, total) for total in (steps[:, 0].cumsum() / N, steps[:, 1].cumsum() / P))
    kept = _kept(np.floor(x / tolerance), np.floor(y / tolerance))
    off = float((steps[:, 1] * unknown).max(initial=0) / P)
    return Curve(x[kept], y[kept], _thresholds(keys, kind)[kept], max(tolerance, off))


def pr_curve(counts: KeyCounts | None, parts: list[Sums], kind: Kind | None, tolerance: float) -> Curve:
    """Precision over recall, from the highest score to recall 1.

    Precision is 1 / (1 + n / p): while ln n and ln p change by no more than ``tolerance``, it changes by half of that.
    """
    _check(tolerance, "pr_curve")
    P = sum(part.positives for part in parts)
    if counts is None or kind is None or not P:
        return Curve(np.empty(0), np.empty(0), np.empty(0), tolerance)
    wide, above = [], [0, 0]
    for part in reversed(parts):
        below = [above[0] + part.negatives, above[1] + part.positives]
        wide.append(any(b > a * (1 + tolerance) for a, b in zip(above, below, strict=True)))
        above = below
    keys, steps, unknown = _steps(counts, parts, wide[::-1])
    n, p = steps.cumsum(0).astype(np.float64).T
    with np.errstate(divide="ignore"):
        kept = _kept(np.floor(np.log(n) / tolerance), np.floor(np.log(p) / tolerance), np.floor(p / (P * tolerance)))
    spread = unknown * np.minimum(steps[:, 0], steps[:, 1]) / np.maximum(n + p - steps.sum(1), 1)
    off = float(np.minimum(spread, 1).max(initial=0))
    return Curve(p[kept] / P, (p / (n + p))[kept], _thresholds(keys, kind)[1:][kept], max(tolerance, off))


def quantiles(counts: KeyCounts | None, parts: list[Sums], kind: Kind | None, n: int) -> NDArray[np.float64]:
    """Scores that cut the rows into ``n`` parts of about the same size."""
    if not (isinstance(n, int) and n >= 1):
        raise must_be("n", "quantile_edges", "a whole number, at least 1", repr(n), ValueError)
    if counts is None or kind is None or not parts:
        return np.empty(0)
    sizes = [part.negatives + part.positives for part in parts]
    keys, steps, _ = _steps(counts, parts, [size * 10 * n > sum(sizes) for size in sizes])
    total = steps.sum(1)[::-1].cumsum()
    at = np.searchsorted(total, np.arange(1, n) * (int(total[-1]) / n))
    edges: NDArray[np.float64] = np.unique(_thresholds(keys, kind)[1:][::-1][at])
    return edges


def _check(tolerance: float, of: str) -> None:
    if not 0 < tolerance <= 1:
        raise must_be("tolerance", of, "above 0 and at most 1", tolerance, ValueError)


def _steps(
    counts: KeyCounts, parts: list[Sums], wide: list[bool]
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.bool_]]:
    """Steps of the curve, the highest scores first: lowest key, negatives and positives, whether it is not straight.

    A wide page has a step for each run, another is one step: between its ends its curve is unknown here, but short.
    """
    keys: list[Any] = [np.empty(0, np.uint64)]
    steps: list[Any] = [np.empty((0, 2), np.int64)]
    unknown: list[Any] = [np.empty(0, bool)]
    for part, fine in zip(reversed(parts), reversed(wide), strict=True):
        if fine:
            k, s, u = counts.runs(part.first - counts.first >> counts.low)
            keys.append(k[::-1])
            steps.append(s[::-1])
            unknown.append(u[::-1])
        else:
            keys.append(np.array([part.first], np.uint64))
            steps.append(np.array([[part.negatives, part.positives]], np.int64))
            unknown.append(np.zeros(1, bool))
    return np.concatenate(keys), np.concatenate(steps), np.concatenate(unknown)


def _kept(*squares: NDArray[np.float64]) -> NDArray[np.intp]:
    """Points to keep: both ends of each step that leaves a square, so that all points between two are in one square."""
    leaves = np.zeros(len(squares[0]) - 1, bool)
    for x in squares:
        leaves |= x[1:] != x[:-1]
    kept = np.zeros(len(leaves) + 1, bool)
    kept[[0, -1]] = True
    kept[:-1] |= leaves
    kept[1:] |= leaves
    return np.flatnonzero(kept)


def _thresholds(keys: NDArray[np.uint64], kind: Kind) -> NDArray[np.float64]:
    """∞, and the lowest score of each step."""
    if kind.infinite:
        keys = np.maximum(keys, np.uint64(TOP - kind.infinite))  # the keys below belong to no score
    return np.append(math.inf, scores_of(keys, kind).astype(np.float64))
