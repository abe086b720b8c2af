"""ROC AUC where one class is rare: the same integers as those of the formula, whatever the scores."""

import pytest
import torch

from byhand.kernels.numba import roc_auc as kernel
from byhand.kernels.numba.ranking import rare_class as _rare_class
from byhand.kernels.numba.ranking.buckets import Rows
from byhand.kernels.numba.ranking.rare_class import BLOCK, INVALID, TOO_MANY, count_rare, rare_label
from byhand.metrics.roc_auc import count_pairs

N = 20 * BLOCK + 7
LONG = torch.iinfo(torch.int64)
SHAPES = {
    "normal": lambda z: z,
    "probabilities": lambda z: torch.sigmoid(3 * z),
    "tiny": lambda z: z * 1e-30,
    "huge": lambda z: z * 1e37,
    "two values": lambda z: (z > 1).double(),
    "quantised": lambda z: (10 * z).round() / 10,
    "constant": torch.zeros_like,
    "zeros of both signs": lambda z: z.sign() * 0,
    "with ∞": lambda z: torch.where(z.abs() > 1, z.sign() * torch.inf, z),
    "a crowd and outliers": lambda z: torch.where(z.abs() < 2.3, 1 + z * 1e-6, z),
}


def rows(shape, share, dtype=torch.float32, labels=torch.int64, n=N):
    g = torch.Generator().manual_seed(n)
    y = torch.rand(n, generator=g) < share
    return (SHAPES[shape](torch.randn(n, generator=g, dtype=torch.float64)) + y).to(dtype), y.to(labels)


@pytest.mark.draw(4)
@pytest.mark.parametrize("share", [0, 1e-4, 0.02, 0.11, 0.98, 0.9999, 1])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("shape", SHAPES)
def test_counts_as_the_formula(shape, dtype, share):
    x, y = rows(shape, share, dtype)
    rare = rare_label(Rows.of(x, y))
    assert rare == (share < 0.5)
    found = count_rare(Rows.of(x, y), rare)
    if found == TOO_MANY:
        assert shape in ("two values", "quantised", "constant", "zeros of both signs", "with ∞", "a crowd and outliers")
        return
    two_u, negatives, positives = found
    assert (two_u, 2 * negatives * positives) == count_pairs(x, y == 1)
    assert (negatives, positives) == (int((y == 0).sum()), int((y == 1).sum()))


@pytest.mark.parametrize("labels", [torch.bool, torch.uint8, torch.int32, torch.float32, torch.float64])
@pytest.mark.parametrize("dtype", [torch.float32, torch.int32, torch.int64])
def test_types_of_labels_and_scores(dtype, labels):
    x, y = rows("normal", 0.02, torch.float64, labels)
    x = (x * 1e6).to(dtype)
    assert kernel.roc_auc(x, y) == count_pairs(x, y == 1)


@pytest.mark.parametrize("share", [0.02, 0.5])
def test_the_ends_of_int64(share):
    x, y = rows("quantised", share, torch.float64, n=kernel.SERIAL + 100)
    x = (10 * x).round().long()
    x[:3], x[3:6] = LONG.max, LONG.min
    x[6], x[7] = LONG.max - 1, LONG.min + 1
    for first in (0, 1):
        y[:8] = torch.arange(first, first + 8) % 2
        assert kernel.roc_auc(x, y) == count_pairs(x, y == 1)


def test_rows_that_are_not_proper():
    x, y = rows("normal", 0.02)
    for at in (0, N - 1):
        bad = x.clone()
        bad[at] = torch.nan
        assert count_rare(Rows.of(bad, y), 1) == INVALID
        wrong = y.clone()
        wrong[at] = 2
        assert count_rare(Rows.of(x, wrong), 1) == INVALID
    assert count_rare(Rows.of(x, torch.where(y == 1, torch.nan, 0.0)), 1) == INVALID


def test_a_class_that_is_not_rare():
    x, y = rows("normal", 0.5)
    assert rare_label(Rows.of(x, y)) is None
    assert count_rare(Rows.of(x, y), 1) == TOO_MANY
    y[1000:] = 1  # and where the sample misleads
    assert count_rare(Rows.of(x, y), 1) == TOO_MANY


def test_neither_the_order_nor_the_threads_matter():
    x, y = rows("probabilities", 0.02, n=4 * _rare_class.GRAIN + 5)
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    expected = count_rare(Rows.of(x, y), 1)
    assert count_rare(Rows.of(x[order], y[order]), 1) == expected
    before = torch.get_num_threads()
    try:
        for threads in (1, 2, 5):
            torch.set_num_threads(threads)
            assert count_rare(Rows.of(x, y), 1) == expected
    finally:
        torch.set_num_threads(before)
