"""The maximum of a row and the sum of its exps, for cross-entropy and for KL divergence of logits.

    c = max x,   S = Σ exp(β · (x − c)),   log Z = β · c + log S

A row is read in runs of 2048 numbers, which stay in the L1 cache from the first pass to the second. Each run has its
own maximum m and exps exp(β · (x − m)); their sum times exp(β · (m − c)) is its part of S.

The terms of S that are 1 are counted, the others are summed. So log S = log1p(S − 1) stays precise if one class has
nearly all of the probability. Sums are in the compute dtype for up to 256 numbers, and float64 beyond.
"""

from __future__ import annotations

import math

import numpy as np

from byhand.kernels.numba.runtime.jit import jit
from byhand.kernels.numba.runtime.math import exp, f8, from_total_order, total_order
from byhand.kernels.numba.runtime.memory import number, span, widen, widest_vectors
from byhand.kernels.numba.runtime.stores import prefetch

RUN, PART = 2048, 256
AHEAD = 3 << 12  # bytes to prefetch ahead: they stay in the core's own cache until they are read


@jit()
def run_max(x, least):
    """The greatest number of a run; nan if one is nan."""
    widest_vectors()
    top = total_order(least)
    for i in range(x.size):
        key = total_order(widen(x[i]))
        top = key if key > top else top
    return from_total_order(top)


@jit("reassoc", "contract")
def keep_exps(x, m, beta, exps, zero):
    """Σ exp(β · (x − m)) over the numbers other than m, and how many are m; all exps are written to ``exps``."""
    widest_vectors()
    total, equal, one = zero, zero, number(1, zero)
    for i in range(x.size):
        v = widen(x[i])
        e = exp((v - m) * beta)
        total += zero if v == m else e
        equal += one if v == m else zero
        exps[i] = one if v == m else e  # also 1 if both are −∞
    return total, equal


@jit()
def row_sum(x, beta, maxima, exps, keep_all, zero):
    """The greatest number c of a row, and S − 1; the maximum m of each run is written to ``maxima``.

    The exps of all runs are written to ``exps`` if ``keep_all`` is true; else each run overwrites those of the last.
    """
    c, b = number(-np.inf, zero), number(beta, zero)
    rest, equal = 0.0, 0.0  # the sum of the terms below 1, and the number of those that are 1
    for i in range(maxima.size):
        run, begin = span(x, i * RUN, (i + 1) * RUN), i * RUN if keep_all else 0
        m = maxima[i] = run_max(run, number(-np.inf, zero))
        below, at_top = 0.0, 0.0
        for j in range(0, run.size, PART):
            part = span(run, j, j + PART)
            prefetch(part, AHEAD)
            total, run_total = keep_exps(part, m, b, span(exps, begin + j, begin + j + PART), zero)
            below += total
            at_top += run_total
        if m > c:
            rest, equal, c = (rest + equal) * math.exp(beta * (f8(c) - f8(m))), 0.0, m
        if m == c:
            rest += below
            equal += at_top
        else:  # also if m is nan
            rest += (below + at_top) * math.exp(beta * (f8(m) - f8(c)))
    return c, (rest + (equal - 1) if math.isfinite(c) else np.nan)
