"""Numbers from the sums of ranges of keys."""

from __future__ import annotations

import math
from itertools import accumulate
from statistics import NormalDist

import numpy as np

from byhand._check import must_be
from byhand.evaluate.cells import COUNTERS
from byhand.evaluate.counts import PAGES, WORDS, Sums
from byhand.evaluate.results import DeLong, Estimate

NOTHING = Estimate(math.nan, math.nan, math.nan)


def auc(parts: list[Sums], rounded: list[int]) -> Estimate:
    """AUC from parts in ascending order; ``rounded`` is the number of rows of each class with a rounded weight.

    If no weight of a class is off by more than half a unit, its shares of weight are off by no more than
    rows / (2 · weight) in total variation, and so is AUC, for each class.
    """
    two_u, unknown, negatives, positives = count_pairs(parts)
    pairs = 2 * negatives * positives
    if not pairs:
        return NOTHING
    off = rounded[0] / (2 * negatives) + rounded[1] / (2 * positives)
    lower, upper = two_u / pairs, (two_u + 2 * unknown) / pairs  # quotients of integers are correctly rounded
    if off:
        lower, upper = max(0.0, lower - off), min(1.0, upper + off)
    return Estimate((two_u + unknown) / pairs, lower, upper)


def count_pairs(parts: list[Sums]) -> tuple[int, int, int, int]:
    """2U of the pairs of known order, the number of other pairs, and the negatives and positives."""
    two_u = negatives = positives = unknown = 0
    for part in parts:
        two_u += part.two_u + 2 * part.positives * negatives
        unknown += part.unknown
        negatives += part.negatives
        positives += part.positives
    return two_u, unknown, negatives, positives


def average_precision(parts: list[Sums]) -> Estimate:
    """Average precision from parts with moments."""
    positives = sum(part.positives for part in parts)
    if not positives:
        return NOTHING
    if not any(part.negatives for part in parts):
        return Estimate(1.0, 1.0, 1.0)
    lower = min(1.0, math.fsum(part.precision[0] for part in parts) / positives)
    upper = min(1.0, math.fsum(part.precision[1] for part in parts) / positives)
    return Estimate((lower + upper) / 2, lower, upper)


def delong(parts: list[Sums], auc: float, centre: float, scale: float, confidence: float) -> DeLong:
    """DeLong's standard error from parts with moments about ``centre``; a weight of 1 is ``scale`` rows.

    It is nan, and so is the interval, where a class has less than two rows.

    The placements' mean is AUC, so Σ (V − AUC)² = Σ (V − centre)² − n · (AUC − centre)².
    """
    variance = 0.0
    for k, n in enumerate((sum(part.positives for part in parts), sum(part.negatives for part in parts))):
        squares = math.fsum(part.squares[k] for part in parts) - n * (auc - centre) ** 2
        rows = n * scale
        variance += max(0.0, squares) * scale / (rows - 1) / rows if rows > 1 else math.nan
    error = math.sqrt(variance)
    lower, upper = (auc + sign * quantile(confidence) * error for sign in (-1, 1))
    if not math.isnan(lower):  # the max of 0 and nan is 0
        lower, upper = max(0.0, lower), min(1.0, upper)
    return DeLong(auc, error, lower, upper, confidence)


def quantile(confidence: float) -> float:
    """The z of a two-sided interval of the normal distribution.

    Raises:
        ValueError: ``confidence`` is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise must_be("confidence", "the interval", "between 0 and 1", confidence, ValueError)
    return NormalDist().inv_cdf((1 + confidence) / 2)


def choose(parts: list[Sums], rows: int, memory: int) -> tuple[int, int]:
    """The range of keys for the next pass: from the first part with pairs of unknown order, as far as memory allows.

    Either its rows fit, or cells for each of its scores. A single part may be more than fits; the pass then divides it
    into smaller ones.

    Raises:
        ValueError: the order of all pairs is known.
    """
    begin = next((i for i, part in enumerate(parts) if part.unknown), None)
    if begin is None:
        raise ValueError("The order of all pairs is known: there is nothing for another pass to find.")
    total = sum(part.negatives + part.positives for part in parts)
    sizes = accumulate(part.negatives + part.positives for part in parts[begin:])
    end, first = begin, parts[begin].first
    for i, size in enumerate(sizes, begin):
        bits = (parts[i].last - first).bit_length()
        low, dtype = next(row for row in WORDS if bits <= row[0] + PAGES)
        width = np.dtype(dtype).itemsize
        as_rows = size * rows * width <= total * memory
        as_cells = low == WORDS[0][0] and ((i - begin + 1) * (COUNTERS + width) << low) <= memory // 2
        if not (as_rows or as_cells):
            break
        end = i if parts[i].unknown else end
    return first, parts[end].last
