"""KL divergence of a row of weights whose sum, or whose quotients by it, the dtype to compute in does not hold.

Such rows are rare: they are computed in float64, number by number, and scaled by powers of 2, which rounds nothing.
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


def edge(zero):
    """In a kernel: a number whose quotients by others above it, and by their sums, are normal numbers."""
    raise NotImplementedError


@overload(edge)
def _edge(zero):
    return (lambda zero: 2.0**-1000) if zero == types.float64 else (lambda zero: 2.0**-120)


@jit()
def within(total, least, zero):
    """Whether a row of this sum, and of no number but 0 below ``least``, needs nothing of what is here."""
    return edge(zero) < total < 1 / edge(zero) and least / total > edge(zero)


@jit()
def scaled_total(x):
    """Σ x · 2⁻ᵏ of a row, and k, so that it lies in [½, K)."""
    top = 0.0
    for i in range(x.size):
        v = f8(widen(x[i]))
        top = top if v <= top else v  # also nan
    _, k = math.frexp(top if top < np.inf else 1.0)
    total = 0.0
    for i in range(x.size):
        total += math.ldexp(f8(widen(x[i])), -k)
    return total, k


@jit()
def log_and_term(p, q, k_p, k_q, of_p, of_q):
    """Of two weights log(q / p) and p · φ(q / p), once they are divided by their sums, which are of_p · 2ᵏ."""
    a, b = math.ldexp(p, -k_p) / of_p, math.ldexp(q, -k_q) / of_q
    log_t, term = log_of_ratio64(a, b)
    if 0 < p < np.inf and 0 < q < np.inf and min(a, b) < LEAST:
        log_t = (math.log(q) - math.log(p)) - (math.log(of_q / of_p) + (k_q - k_p) * math.log(2.0))
        term = (b - a) - a * log_t
    elif p > 0 and q == 0 and of_q != 0:  # else 0 / 0
        term = np.inf
    return log_t, term


@jit()
def far_weights(p, q, r, up_at, up_step, scale, grad_p_at, grad_q_at, stored):
    """The divergence of row r, and unless ``up_at`` is None the gradients that have an address."""
    (of_p, k_p), (of_q, k_q) = scaled_total(p), scaled_total(q)
    total, K = 0.0, p.size
    for i in range(K):
        _, term = log_and_term(f8(widen(p[i])), f8(widen(q[i])), k_p, k_q, of_p, of_q)
        total += term
    if up_at is not None:
        g = slice_at(up_at, r * up_step, 1, f8(0))[0] * scale
        grad_p = slice_at(grad_p_at, r * K, K if grad_p_at else 0, stored)
        grad_q = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
        for i in range(K):
            a, b = f8(widen(p[i])), f8(widen(q[i]))
            log_t, _ = log_and_term(a, b, k_p, k_q, of_p, of_q)
            if grad_p.size:
                by = 0.0 if a == 0 else g / of_p * (-log_t - total)
                grad_p[i] = narrow(math.ldexp(by, -k_p), stored)
            if grad_q.size:
                by = 0.0 if a == 0 and b == 0 else g / of_q * (1 - (math.exp(-log_t) if a != 0 else 0.0))
                grad_q[i] = narrow(math.ldexp(by, -k_q), stored)
    return total
