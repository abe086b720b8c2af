"""Prediction logs for the tests, and their AUC in whole numbers."""

from fractions import Fraction

import numpy as np

DTYPES = ("float16", "float32", "float64", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")


def log(n, dtype="float32", seed=0, share=0.3):
    """Labels and scores: probabilities, or integers with ties."""
    rng = np.random.default_rng(seed)
    y = rng.random(n) < share
    x = rng.normal(size=n) + y
    s = 1 / (1 + np.exp(-x)) if dtype.startswith("float") else np.clip(x * 20 + 60, 0, 127)
    return y, s.astype(dtype)


def exact_auc(y, s, w=None):
    """AUC from 2U in whole numbers or fractions, rounded once."""
    order = np.unique(s)
    if w is None:
        neg, pos = np.sort(s[~y]), s[y]
        two_u = int(np.searchsorted(neg, pos, "left").sum()) + int(np.searchsorted(neg, pos, "right").sum())
        return two_u / (2 * len(neg) * len(pos))
    won = below = Fraction(0)
    total = [sum(map(Fraction, w[y == label].tolist())) for label in (False, True)]
    for value in order:
        own = s == value
        neg, pos = (sum(map(Fraction, w[own & (y == label)].tolist()), Fraction(0)) for label in (False, True))
        won += pos * (2 * below + neg)
        below += neg
    return float(won / (2 * total[0] * total[1]))


class Parts:
    """A reader of rows in parts of a given size."""

    def __init__(self, size, *columns):
        self.size, self.columns = size, columns

    def __iter__(self):
        for start in range(0, len(self.columns[0]), self.size):
            yield tuple(x[start : start + self.size] for x in self.columns)
