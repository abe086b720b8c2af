"""Errors of ROC AUC: byhand's, scikit-learn's and torchmetrics', against the exact quotient of integers."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import torch
from sklearn.metrics import roc_auc_score as sklearn_auc

from benchmarks.exactness.text import sci, table
from byhand.metrics import roc_auc_score

Array = np.ndarray[Any, np.dtype[Any]]

SETS, SHUFFLES, LONG = 100, 100, 10  # LONG: the number of sets with 10⁵ samples


def random_samples(n: int, share: float, levels: int) -> Callable[[np.random.Generator], tuple[Array, Array]]:
    """n samples, a share of them positive, with higher scores; with ``levels``, so many different scores."""

    def make(random: np.random.Generator) -> tuple[Array, Array]:
        y = random.random(n) < share
        y[:2] = False, True
        scores = random.standard_normal(n) + y
        if levels:
            scores = np.clip(np.round((scores + 4) / 9 * levels), 0, levels - 1) / levels
        return y.astype(np.int64), scores.astype(np.float32)

    return make


def one_positive(random: np.random.Generator) -> tuple[Array, Array]:
    """10⁴ samples, one of them positive."""
    y, scores = random_samples(10_000, 0.5, 0)(random)
    return (np.arange(y.size) == 0).astype(np.int64), scores


def extremes(random: np.random.Generator) -> tuple[Array, Array]:
    """Scores that are denormal, 0 and −0, neighbours of 1, or very large."""
    values = np.float32([1e-45, 0.0, -0.0, -1e-45, 1.0, np.nextafter(np.float32(1), np.float32(2)), 3.4e38, -3.4e38])
    y, _ = random_samples(1000, 0.4, 0)(random)
    return y, random.choice(values, y.size)


CASES = {
    "7 samples": random_samples(7, 0.5, 0),
    "1000, no ties": random_samples(1000, 0.5, 0),
    "1000, 10 scores": random_samples(1000, 0.5, 10),
    "10⁴, one positive": one_positive,
    "10⁵, half positive": random_samples(100_000, 0.5, 0),
    "10⁵, 0.1 % positive": random_samples(100_000, 0.001, 0),
    "10⁵, 100 scores": random_samples(100_000, 0.3, 100),
    "1000 of 8 extreme scores": extremes,
}


def exact(y: Array, scores: Array) -> float:
    """2U / (2 · n₊ · n₋), rounded once."""
    values, place = np.unique(scores, return_inverse=True)
    positive = np.bincount(place, y, values.size).astype(np.int64)
    negative = np.bincount(place, 1 - y, values.size).astype(np.int64)
    below = np.cumsum(negative) - negative
    twice = sum(int(p) * (2 * int(b) + int(n)) for p, b, n in zip(positive, below, negative, strict=True))
    return float(Fraction(twice, 2 * int(positive.sum()) * int(negative.sum())))


def torchmetrics_auc(y: Array, scores: Array) -> float:
    """Torchmetrics' AUC of the ranks in [0, 1]: it applies a sigmoid to other scores, which makes ties."""
    from torchmetrics.functional.classification import binary_auroc

    squeezed = torch.from_numpy(np.unique(scores, return_inverse=True)[1] / scores.size)
    return float(binary_auroc(squeezed, torch.from_numpy(y)))


AUCS: dict[str, Callable[[Array, Array], float]] = {
    "byhand": lambda y, s: float(roc_auc_score(y, s)),
    "scikit-learn": lambda y, s: float(sklearn_auc(y, s)),
    "torchmetrics": torchmetrics_auc,
}


def case(name: str) -> list[str]:
    """A row of the table."""
    make = CASES[name]
    wrong, off, results = dict.fromkeys(AUCS, 0), dict.fromkeys(AUCS, 0.0), {key: set[float]() for key in AUCS}
    for seed in range(LONG if name.startswith("10⁵") else SETS):
        y, scores = make(np.random.default_rng(seed))
        truth = exact(y, scores)
        for key, auc in AUCS.items():
            found = auc(y, scores)
            wrong[key] += found != truth
            off[key] = max(off[key], abs(found - truth) / truth)
    for seed in range(SHUFFLES):
        order = np.random.default_rng(seed).permutation(y.size)
        for key, auc in AUCS.items():
            results[key].add(auc(y[order], scores[order]))
    return [name, *(f"{wrong[key]} ({sci(off[key])}), {len(results[key])}" for key in AUCS)]


def section() -> str:
    """The Markdown of this section."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # many small sets
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(invalid value|overflow) encountered", RuntimeWarning)  # of extreme scores
        lines = [case(name) for name in CASES]
    torch.set_num_threads(threads)
    return TEXT.format(table=table(["scores", *AUCS], lines), sets=SETS, long=LONG, shuffles=SHUFFLES)


TEXT = """\
## ROC AUC

AUC is a quotient of two integers. byhand counts them, and rounds once, in the division; the others sum an area in
floating point. {sets} sets of samples are drawn of each kind, {long} of those with 10⁵ samples. A cell has three
numbers: how many results are not the float64 number nearest to the exact quotient; in parentheses, the largest
relative error; and how many different results {shuffles} orders of the same samples give, which should be 1:

{table}

**The promise:** byhand's result is always the correctly rounded quotient, and so the same for any order of the samples
and any number of threads. scikit-learn sorts first, and so does not depend on the order either. Its errors in the last
bits do not matter in practice, except where results are compared with `==` or ranked. torchmetrics computes in float32.
"""
