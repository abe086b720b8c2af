"""KL divergence a row at a time: of logits."""

from __future__ import annotations

import math

import numpy as np

from byhand.kernels.numba._jit import jit
from byhand.kernels.numba._memory import narrow, number, slice_at, widen, widest
from byhand.kernels.numba._ratio import expm1_less
from byhand.kernels.numba._softmax import RUN, row_sum


@jit("reassoc", "contract")
def logits_terms(x, y, ep, eq, by_p, by_q, beta, shift, zero):
    """Σ p · (exp r − 1 − r) of a run, r = log(q / p) = β · (y − x) − shift; ep and eq hold p and q, unscaled."""
    widest()
    total = zero
    for i in range(x.size):
        p, q = ep[i] * by_p, eq[i] * by_q
        r = (widen(y[i]) - widen(x[i])) * beta - shift
        phi, small = expm1_less(r)
        total += (p * phi if small else (q - p) - p * r) if p != zero else q
    return total


@jit("contract")
def logits_grad_q(ep, eq, by_p, by_q, g, out, stored):
    """∂/∂y = g · (q − p)."""
    widest()
    for i in range(out.size):
        out[i] = narrow(g * (eq[i] * by_q - ep[i] * by_p), stored)


@jit("contract")
def logits_grad_p(x, y, ep, by_p, beta, shift, loss, g, out, zero, stored):
    """∂/∂x = g · p · (log(p / q) − KL)."""
    widest()
    for i in range(out.size):
        p = ep[i] * by_p
        r = (widen(y[i]) - widen(x[i])) * beta - shift
        out[i] = narrow(zero if p == zero else g * p * (zero - r - loss), stored)


@jit()
def of_logits(p_at, q_at, stored, options, up, loss, grad_p_at, grad_q_at, start, stop):
    """Rows of logits; β = 1 / T."""
    K, p_step, q_step, beta, scale = options
    zero, b = number(0, stored), number(beta, stored)
    ep, eq, tops = np.empty(K, type(zero)), np.empty(K, type(zero)), np.empty(-(-K // RUN), type(zero))
    for r in range(start, stop):
        x, y = slice_at(p_at, r * p_step, K, stored), slice_at(q_at, r * q_step, K, stored)
        c_p, s_p = row_sum(x, b, tops, ep, True, zero)
        c_q, s_q = row_sum(y, b, tops, eq, True, zero)
        by_p, by_q = number(1 / (1 + s_p), stored), number(1 / (1 + s_q), stored)
        shift = number(beta * (float(c_q) - float(c_p)) + (math.log1p(s_q) - math.log1p(s_p)), stored)
        g, total = number(up[r if up.size > 1 else 0] * scale * beta, stored), 0.0
        out = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
        for i in range(0, K, RUN):
            j = i + RUN
            total += logits_terms(x[i:j], y[i:j], ep[i:j], eq[i:j], by_p, by_q, b, shift, zero)
            logits_grad_q(ep[i:j], eq[i:j], by_p, by_q, g, out[i:j], stored)  # while the run is in the nearest cache
        loss[r] = total
        if grad_p_at:
            out = slice_at(grad_p_at, r * K, K, stored)
            logits_grad_p(x, y, ep, by_p, b, shift, number(total, stored), g, out, zero, stored)
