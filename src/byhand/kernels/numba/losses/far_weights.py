"""KL divergence of a row of weights whose sum, or whose quotients by the sum, overflow or underflow.

Such rows are rare. They are computed in float64, without SIMD, and scaled by powers of 2, which is exact.
"""

from __future__ import annotations

import math

import numpy as np
from numba import types
from numba.extending import overload

from byhand.kernels.numba.losses.ratio import LEAST, log_of_ratio64
from byhand.kernels.numba.runtime.jit import jit
from byhand.kernels.numba.runtime.math import f8
from byhand.kernels.numba.runtime.memory import narrow, slice_at, widen


def range_limit(zero):
    """In a kernel: the least number for which quotients of such numbers, and by their sums, are normal numbers."""
    raise NotImplementedError


@overload(range_limit)
def _range_limit(zero):
    return (lambda zero: 2.0**-1000) if zero == types.float64 else (lambda zero: 2.0**-120)


@jit()
def in_range(total, least, zero):
    """Whether a row can be computed in the compute dtype; ``least`` is the least of its nonzero numbers."""
    return range_limit(zero) < total < 1 / range_limit(zero) and least / total > range_limit(zero)


@jit()
def scaled_total(x):
    """Σ x · 2⁻ᵏ of a row of K numbers, and k, chosen so that the sum is in [½, K)."""
    top = 0.0
    for i in range(x.size):
        v = f8(widen(x[i]))
        top = top if v <= top else v  # also if v is nan
    _, k = math.frexp(top if top < np.inf else 1.0)
    total = 0.0
    for i in range(x.size):
        total += math.ldexp(f8(widen(x[i])), -k)
    return total, k


@jit()
def log_and_term(p, q, k_p, k_q, sum_p, sum_q):
    """Log(q / p) and p · φ(q / p) of two weights after division by their sums, sum_p · 2^k_p and sum_q · 2^k_q."""
    a, b = math.ldexp(p, -k_p) / sum_p, math.ldexp(q, -k_q) / sum_q
    log_t, term = log_of_ratio64(a, b)
    if 0 < p < np.inf and 0 < q < np.inf and min(a, b) < LEAST:
        log_t = (math.log(q) - math.log(p)) - (math.log(sum_q / sum_p) + (k_q - k_p) * math.log(2.0))
        term = (b - a) - a * log_t
    elif p > 0 and q == 0 and sum_q != 0:  # if sum_q is 0, q / sum_q is 0 / 0 = nan
        term = np.inf
    return log_t, term


@jit()
def far_weights(p, q, r, up_at, up_step, scale, grad_p_at, grad_q_at, stored):
    """The divergence of row r. Unless ``up_at`` is None, the gradients whose addresses are not 0 are written."""
    (sum_p, k_p), (sum_q, k_q) = scaled_total(p), scaled_total(q)
    total, K = 0.0, p.size
    for i in range(K):
        _, term = log_and_term(f8(widen(p[i])), f8(widen(q[i])), k_p, k_q, sum_p, sum_q)
        total += term
    if up_at is not None:
        g = slice_at(up_at, r * up_step, 1, f8(0))[0] * scale
        grad_p = slice_at(grad_p_at, r * K, K if grad_p_at else 0, stored)
        grad_q = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
        for i in range(K):
            a, b = f8(widen(p[i])), f8(widen(q[i]))
            log_t, _ = log_and_term(a, b, k_p, k_q, sum_p, sum_q)
            if grad_p.size:
                by = 0.0 if a == 0 else g / sum_p * (-log_t - total)
                grad_p[i] = narrow(math.ldexp(by, -k_p), stored)
            if grad_q.size:
                by = 0.0 if a == 0 and b == 0 else g / sum_q * (1 - (math.exp(-log_t) if a != 0 else 0.0))
                grad_q[i] = narrow(math.ldexp(by, -k_q), stored)
    return total
