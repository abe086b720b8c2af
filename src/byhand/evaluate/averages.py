"""Averages of AUC over classes, each against the rest, and over pairs of classes.

Sources: Provost & Domingos, Well-trained PETs, 2000, section 6.2 (one-vs-rest); Hand & Till, A simple generalisation of
the area under the ROC curve, 2001 (one-vs-one).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations

from byhand.evaluate.findings import Average, Classes, Pair
from byhand.evaluate.results import Estimate


def of_classes(
    names: Sequence[str],
    shares: Sequence[float],
    areas: Sequence[Estimate],
    of_pair: Callable[[int, int], Estimate] | None,
) -> Classes:
    """The averages over classes and, with ``of_pair``, over pairs.

    Args:
        names: of the k classes.
        shares: the share of rows of each.
        areas: AUC of each class against the rest.
        of_pair: AUC of the rows of two classes, with the score of the first, whose rows are the positives.
    """
    pairs = []
    if of_pair is not None:
        for i, j in combinations(range(len(names)), 2):
            area = _mean([of_pair(i, j), of_pair(j, i)], [1.0, 1.0])
            pairs.append(Pair((names[i], names[j]), shares[i] + shares[j], area))
    one_vs_one = average([pair.auc for pair in pairs], [pair.share for pair in pairs]) if pairs else None
    return Classes(tuple(names), tuple(shares), average(areas, shares), one_vs_one, tuple(pairs))


def average(areas: Sequence[Estimate], shares: Sequence[float]) -> Average:
    """The mean, and the mean weighted by shares of rows; what has no rows does not count in the second.

    >>> average([Estimate(0.5, 0.5, 0.5), Estimate(1.0, 1.0, 1.0)], [0.75, 0.25]).weighted
    Estimate(value=0.625, lower=0.625, upper=0.625)
    """
    present = [i for i, share in enumerate(shares) if share]
    weighted = _mean([areas[i] for i in present], [shares[i] for i in present])
    return Average(_mean(areas, [1.0] * len(areas)), weighted)


def _mean(areas: Sequence[Estimate], weights: Sequence[float]) -> Estimate:
    """The weighted mean; each bound is that of the bounds. nan without areas."""
    total = math.fsum(weights)
    if not total:
        return Estimate(math.nan, math.nan, math.nan)
    means = (
        math.fsum(weight * value for weight, value in zip(weights, column, strict=True)) / total
        for column in zip(*areas, strict=True)
    )
    return Estimate(*means)
