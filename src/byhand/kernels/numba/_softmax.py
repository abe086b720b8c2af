"""What cross-entropy and KL divergence of logits share: the maximum of a row and the sum of its exps.

    c = max x,   S = Σ exp(β · (x − c)),   log Z = β · c + log S

The terms of S that are 1 are counted, the others added: log S = log1p(S − 1) keeps its digits where one class has all
but all of the probability. Sums are in the dtype to compute in over runs of 2048 numbers, float64 from there on.
"""

from __future__ import annotations

import math

import numpy as np

from byhand.kernels.numba._jit import jit
from byhand.kernels.numba._math import exp, of_total_order, total_order
from byhand.kernels.numba._memory import number, widen, widest

RUN = 2048


@jit()
def row_max(x, least):
    """The greatest number of a row, nan if one is nan."""
    widest()
    top = total_order(least)
    for i in range(x.size):
        key = total_order(widen(x[i]))
        top = key if key > top else top
    return of_total_order(top)


@jit("reassoc", "contract")
def add_exps(x, c, beta, zero):
    """Σ exp(β · (x − c))."""
    widest()
    total = zero
    for i in range(x.size):
        total += exp((widen(x[i]) - c) * beta)
    return total


@jit("reassoc", "contract")
def keep_exps(x, c, beta, kept, zero):
    """The same; ``kept`` gets every term."""
    widest()
    total = zero
    for i in range(x.size):
        e = exp((widen(x[i]) - c) * beta)
        kept[i] = e
        total += e
    return total


@jit("reassoc", "contract")
def add_exps_below(x, c, beta, zero):
    """The same over the numbers other than c, and how many equal c."""
    widest()
    total, equal, one = zero, zero, number(1, zero)
    for i in range(x.size):
        v = widen(x[i])
        total += zero if v == c else exp((v - c) * beta)
        equal += one if v == c else zero
    return total, equal


@jit("reassoc", "contract")
def add_kept_below(x, c, kept, zero):
    """The same of terms that are there."""
    widest()
    total, equal, one = zero, zero, number(1, zero)
    for i in range(x.size):
        top = widen(x[i]) == c
        total += zero if top else kept[i]
        equal += one if top else zero
    return total, equal


@jit()
def row_sum(x, beta, tops, kept, keep, zero):
    """The greatest number c of a row, and S − 1 of S = Σ exp(β · (x − c)); ``kept``, if wanted, gets the terms."""
    c = number(-np.inf, zero)
    for i in range(tops.size):
        tops[i] = row_max(x[i * RUN : (i + 1) * RUN], number(-np.inf, zero))
        c = c if tops[i] < c else tops[i]  # nan, once met, stays or is met again in the sum
    rest, equal = 0.0, -1.0
    for i in range(tops.size):
        run, place = x[i * RUN : (i + 1) * RUN], kept[i * RUN : (i + 1) * RUN]
        more = zero
        if keep:
            total = keep_exps(run, c, beta, place, zero)
            if tops[i] == c:
                total, more = add_kept_below(run, c, place, zero)
        elif tops[i] == c:
            total, more = add_exps_below(run, c, beta, zero)
        else:
            total = add_exps(run, c, beta, zero)
        rest += total
        equal += more
    return c, (rest + equal if math.isfinite(c) else np.nan)
