"""Counts the rows of a cross-entropy that are not ignored, and adds up the weights of their classes."""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import f8, i8
from byhand.kernels.numba.runtime.memory import double_of, long_bits_of, number, slice_at, widest_vectors
from byhand.kernels.numba.runtime.openmp import parallel_for

ROWS = 1 << 12  # rows of a part


@jit()
def count(y, C, ignore):
    """How many rows are not ignored, and of how many the target is neither a class nor ignored."""
    widest_vectors()
    valid, wrong = 0, 0
    for k in y:
        counted = 1 if k != ignore else 0
        valid += counted
        wrong += counted if (k < 0) | (k >= C) else 0
    return valid, wrong


@jit("reassoc")
def weigh(y, weight, ignore):
    """Σ w of the rows that count. The bits of the others' weights are masked: branches would be mispredicted."""
    widest_vectors()
    total = 0.0
    for k in y:
        mask = -i8(k != ignore)
        total += double_of(long_bits_of(f8(weight[k & mask])) & mask)
    return total


@jit()
def counts(y_at, n, C, ignore, weight_at, sums_at, stored, _, start, stop):
    """For each part, how many rows count, and the sum of their weights; nan if a target is not a class."""
    sums, zero = slice_at(sums_at, 0, 2 * stop, f8(0)), number(0, stored)
    for part in range(start, stop):
        y = slice_at(y_at, part * ROWS, min(ROWS, n - part * ROWS), i8(0))
        valid, wrong = count(y, C, ignore)
        total = f8(valid)
        if weight_at is not None and not wrong:
            total = weigh(y, slice_at(weight_at, 0, C, zero), ignore)
        sums[2 * part], sums[2 * part + 1] = np.nan if wrong else f8(valid), total


@kernel()
def parallel_counts(arguments, scratch, start, stop, openmp):
    """:func:`counts`, in threads."""
    parallel_for(counts, arguments, scratch, start, stop, openmp)
