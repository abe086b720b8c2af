"""What cross-entropy and KL divergence of logits share: the maximum of a row and the sum of its exps.

    c = max x,   S = Σ exp(β · (x − c)),   log Z = β · c + log S

A row is read in runs of 2048 numbers, which stay in the nearest cache from the first look to the second. A run has a
maximum of its own, m, and terms exp(β · (x − m)); their sum times exp(β · (m − c)) is its share of S.

The terms of S that are 1 are counted, the others added: log S = log1p(S − 1) keeps its digits where one class has all
but all of the probability. Sums are in the dtype to compute in over 256 numbers, float64 from there on.
"""

from __future__ import annotations

import math

import numpy as np

from byhand.kernels.numba.runtime.jit import jit
from byhand.kernels.numba.runtime.math import exp, f8, of_total_order, total_order
from byhand.kernels.numba.runtime.memory import number, span, widen, widest
from byhand.kernels.numba.runtime.stores import fetch

RUN, PART = 2048, 256
AHEAD = 3 << 12  # bytes: what is fetched while exps are computed stays in a core's own cache until it is read


@jit()
def run_max(x, least):
    """The greatest number of a run, nan if one is nan."""
    widest()
    top = total_order(least)
    for i in range(x.size):
        key = total_order(widen(x[i]))
        top = key if key > top else top
    return of_total_order(top)


@jit("reassoc", "contract")
def keep_exps(x, m, beta, kept, zero):
    """Σ exp(β · (x − m)) over the numbers other than m, and how many equal m; ``kept`` gets every term."""
    widest()
    total, equal, one = zero, zero, number(1, zero)
    for i in range(x.size):
        v = widen(x[i])
        e = exp((v - m) * beta)
        total += zero if v == m else e
        equal += one if v == m else zero
        kept[i] = one if v == m else e  # also where both are −∞
    return total, equal


@jit()
def row_sum(x, beta, tops, kept, keep, zero):
    """The greatest number c of a row, and S − 1; ``tops`` gets m of each run.

    ``kept`` gets the terms: of all runs, or, unless one is to ``keep`` them, of one run after the other.
    """
    c, b = number(-np.inf, zero), number(beta, zero)
    rest, equal = 0.0, 0.0  # terms below 1, and those that are 1
    for i in range(tops.size):
        run, begin = span(x, i * RUN, (i + 1) * RUN), i * RUN if keep else 0
        m = tops[i] = run_max(run, number(-np.inf, zero))
        below, at_top = 0.0, 0.0
        for j in range(0, run.size, PART):
            part = span(run, j, j + PART)
            fetch(part, AHEAD)
            total, more = keep_exps(part, m, b, span(kept, begin + j, begin + j + PART), zero)
            below += total
            at_top += more
        if m > c:
            rest, equal, c = (rest + equal) * math.exp(beta * (f8(c) - f8(m))), 0.0, m
        if m == c:
            rest += below
            equal += at_top
        else:  # also where m is nan
            rest += (below + at_top) * math.exp(beta * (f8(m) - f8(c)))
    return c, (rest + (equal - 1) if math.isfinite(c) else np.nan)
