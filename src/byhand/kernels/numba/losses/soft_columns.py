"""Cross-entropy of class probabilities in blocks of rows: the sums, the losses, and the gradients of both.

The names are those of :mod:`byhand.kernels.numba.losses.columns`.
"""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba.losses.block import FACTOR, LOG, OFFSET, REST, TOP, float64_columns, total_of
from byhand.kernels.numba.losses.few_classes import column
from byhand.kernels.numba.runtime.jit import jit
from byhand.kernels.numba.runtime.math import f8
from byhand.kernels.numba.runtime.memory import number, slice_at, span, widest_vectors


@jit("contract")
def add_targets(t, one_minus_eps, eps_per_class, w, x, c, gaps, weights, zero):
    """Add a class to the sums: t′ = ((1 − ε) · t + ε / C) · w replaces t. A t′ of 0 makes a term 0, even if x is −∞."""
    widest_vectors()
    for j in range(x.size):
        v = (one_minus_eps * t[j] + eps_per_class) * w
        t[j] = v
        weights[j] += v
        gaps[j] += zero if v == zero else v * (c[j] - x[j])


@jit()
def soft_losses_and_factors(block, n, C, options, up, up_step, loss, sums_at, differentiates, zero):
    """As :func:`losses_and_factors`, for class probabilities without z-loss, and with SIMD."""
    each, scale = options[0], options[4]
    _, gaps, weights = float64_columns(sums_at)
    m = (n + 15) // 16 * 16
    for j in range(n, m):
        gaps[j], weights[j] = 0, 0
    costs = span(gaps, 0, m)
    add_logs(costs, weights, column(block, C + LOG, m))
    if each:
        for j in range(n):
            loss[j] = costs[j]
    else:
        loss[0] = total_of(costs, f8(0))
    if differentiates:
        offset = column(block, C + OFFSET, m)
        for j in range(n):
            offset[j] = up[j * up_step] * scale
        soft_factors(offset, weights, column(block, C + REST, m), column(block, C + FACTOR, m), number(1, zero))


@jit("contract")
def add_logs(costs, weights, logs):
    """Add Σ t′ · log S to each loss; a sum of 0 makes it 0, even if log S is ∞."""
    widest_vectors()
    for j in range(costs.size):
        costs[j] += weights[j] * f8(logs[j]) if weights[j] != 0 else 0.0


@jit("contract")
def soft_factors(offset, weights, s, factor, one):
    """The factors of the exps."""
    widest_vectors()
    for j in range(factor.size):
        factor[j] = offset[j] * weights[j] / (one + s[j])


@jit("contract")
def scale_and_subtract_targets(x, factor, offset, t):
    """X · factor − offset · t′, in place."""
    widest_vectors()
    for j in range(x.size):
        x[j] = x[j] * factor[j] - offset[j] * t[j]


@jit()
def differentiate_targets(block, targets, weight_at, eps, n, C, zero):
    """Replace the logits of the block by the gradients of the class probabilities, −(1 − ε) · w · log p."""
    m = (n + 15) // 16 * 16
    c, logs, offset = column(block, C + TOP, m), column(block, C + LOG, m), column(block, C + OFFSET, m)
    for i in range(C):
        w = number(-1 if eps is None else eps - 1, zero)
        if weight_at is not None:
            w *= slice_at(weight_at, i, 1, zero)[0]
        target_slopes(column(block, i, m), column(targets, i, m), c, logs, offset, w, zero)


@jit("contract")
def target_slopes(x, t, c, logs, offset, w, zero):
    """Log p · offset · w, in place of x; 0 where p is 0 and t′ too."""
    widest_vectors()
    least = number(-np.inf, zero)
    for j in range(x.size):
        log_p = (x[j] - c[j]) - logs[j]
        x[j] = zero if log_p == least and t[j] == zero else log_p * (offset[j] * w)
