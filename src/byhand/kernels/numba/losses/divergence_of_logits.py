"""KL divergence of logits, one row at a time.

r = log(q / p) is the difference of two logits minus the difference of their log Z. If the two rows are far apart, both
differences are large, and their rounding errors are large compared with r. So the difference of logits is kept exactly,
as two numbers, and the difference of the maxima is subtracted from it first.
"""

from __future__ import annotations

import math

from byhand.kernels.numba.losses.ratio import expm1_minus_r
from byhand.kernels.numba.losses.softmax import RUN, row_sum
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import f8
from byhand.kernels.numba.runtime.memory import narrow, number, slice_at, span, widen, widest_vectors
from byhand.kernels.numba.runtime.openmp import parallel_for
from byhand.kernels.numba.runtime.stores import dest_for, itemsize, store_fence, store_nontemporal

NEAR = 1.0  # distance of the maxima up to which the rounding error of a difference of logits is small enough


@jit("contract")
def log_ratio(x, y, gap, beta, shift, far, zero):
    """Log(q / p) = β · ((y − x) − gap) − shift.

    Unless ``far`` is None, the rounding error of y − x is added, by Knuth's two-sum. It takes a tenth of the time of a
    divergence.
    """
    rounded = y - x
    if far is None:
        return (rounded - gap) * beta - shift
    back = rounded - y
    lost = (y - (rounded - back)) - (x + back)
    lost = lost if lost == lost else zero  # nan where a logit is −∞
    return ((rounded - gap) + lost) * beta - shift


@jit("reassoc", "contract")
def logits_terms(x, y, ep, eq, by_p, by_q, beta, gap, shift, far, zero):
    """Σ p · (exp r − 1 − r) of a run, r = log(q / p); p is ep · by_p and q is eq · by_q."""
    widest_vectors()
    total = zero
    for i in range(x.size):
        p, q = ep[i] * by_p, eq[i] * by_q
        r = log_ratio(widen(x[i]), widen(y[i]), gap, beta, shift, far, zero)
        phi, small = expm1_minus_r(r)
        total += (p * phi if small else (q - p) - p * r) if p != zero else q
    return total


@jit("contract")
def logits_grad_q(ep, eq, by_p, by_q, g, out, stored):
    """∂/∂y = g · (q − p)."""
    widest_vectors()
    for i in range(out.size):
        out[i] = narrow(g * (eq[i] * by_q - ep[i] * by_p), stored)


@jit("contract")
def logits_grad_p(x, y, ep, by_p, beta, gap, shift, far, loss, g, out, zero, stored):
    """∂/∂x = g · p · (log(p / q) − KL)."""
    widest_vectors()
    for i in range(out.size):
        p = ep[i] * by_p
        r = log_ratio(widen(x[i]), widen(y[i]), gap, beta, shift, far, zero)
        out[i] = narrow(zero if p == zero else g * p * (zero - r - loss), stored)


@jit()
def logits_rows(
    p_at, q_at, stored, options, up_at, loss_at, nontemporal, grad_p_at, grad_q_at, scratch_at, start, stop
):
    """The divergences of rows ``start`` to ``stop`` of logits; β = 1 / temperature.

    If ``up_at`` is None, the code for gradients is not compiled.
    """
    K, p_step, q_step, up_step, beta, scale = options
    zero, b = number(0, stored), number(beta, stored)
    runs = -(-K // RUN)
    ep, eq = slice_at(scratch_at, 0, K, zero), slice_at(scratch_at, K, K, zero)
    maxima_p, maxima_q = slice_at(scratch_at, 2 * K, runs, zero), slice_at(scratch_at, 2 * K + runs, runs, zero)
    buffer = slice_at(scratch_at + 2 * (K + runs) * itemsize(ep), 0, RUN, stored)
    loss, up = slice_at(loss_at, 0, stop, f8(0)), slice_at(0 if up_at is None else up_at, 0, stop, f8(0))
    for r in range(start, stop):
        x, y = slice_at(p_at, r * p_step, K, stored), slice_at(q_at, r * q_step, K, stored)
        c_p, s_p = row_sum(x, beta, maxima_p, ep, True, zero)
        c_q, s_q = row_sum(y, beta, maxima_q, eq, True, zero)
        c_gap = f8(c_q) - f8(c_p)
        gap = number(c_gap, stored)
        shift = number(beta * (c_gap - f8(gap)) + (math.log1p(s_q) - math.log1p(s_p)), stored)
        total = 0.0
        out_p = slice_at(grad_p_at, r * K, K if grad_p_at else 0, stored)
        out_q = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
        for i in range(runs):
            j, k = i * RUN, min((i + 1) * RUN, K)
            by_p = number(math.exp(beta * (f8(maxima_p[i]) - f8(c_p))) / (1 + s_p), stored)
            by_q = number(math.exp(beta * (f8(maxima_q[i]) - f8(c_q))) / (1 + s_q), stored)
            p, q = span(ep, j, k), span(eq, j, k)
            u, v = span(x, j, k), span(y, j, k)
            if abs(c_gap) > NEAR:
                total += logits_terms(u, v, p, q, by_p, by_q, b, gap, shift, True, zero)
            else:
                total += logits_terms(u, v, p, q, by_p, by_q, b, gap, shift, None, zero)
            if up_at is not None:  # here, while the run is in the L1 cache
                out, g = span(out_q, j, k), number(up[r * up_step] * scale * beta, stored)
                dest = dest_for(out, buffer, nontemporal)
                logits_grad_q(p, q, by_p, by_q, g, dest, stored)
                if nontemporal is not None:
                    store_nontemporal(dest, out)
        loss[r] = total
        if up_at is not None and grad_p_at:
            g = number(up[r * up_step] * scale * beta, stored)
            for i in range(runs):
                j, k = i * RUN, min((i + 1) * RUN, K)
                by_p = number(math.exp(beta * (f8(maxima_p[i]) - f8(c_p))) / (1 + s_p), stored)
                out, offset = span(out_p, j, k), number(total, stored)
                dest = dest_for(out, buffer, nontemporal)
                u, v, p = span(x, j, k), span(y, j, k), span(ep, j, k)
                logits_grad_p(u, v, p, by_p, b, gap, shift, True, offset, g, dest, zero, stored)
                if nontemporal is not None:
                    store_nontemporal(dest, out)
    store_fence()


@kernel()
def parallel_logits(arguments, scratch, start, stop, openmp):
    """:func:`logits_rows`, in threads."""
    parallel_for(logits_rows, arguments, scratch, start, stop, openmp)
