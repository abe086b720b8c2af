"""KL divergence a row at a time: of logits.

r = log(q / p) is a difference of logits less one of log Z. Where the two rows are far apart both are large, and what
rounding them loses is large beside r: the difference of the logits is kept whole, in two parts, and the maxima are
taken out of it before anything else is.
"""

from __future__ import annotations

import math

from byhand.kernels.numba.losses.ratio import expm1_less
from byhand.kernels.numba.losses.softmax import RUN, row_sum
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import f8
from byhand.kernels.numba.runtime.memory import narrow, number, slice_at, span, widen, widest
from byhand.kernels.numba.runtime.openmp import parallel_for
from byhand.kernels.numba.runtime.stores import hand_out, place_for, settle, width

NEAR = 1.0  # between the maxima of two rows: rounding their logits' difference does no harm


@jit("contract")
def log_ratio(x, y, gap, beta, shift, far, zero):
    """Log(q / p) = β · ((y − x) − gap) − shift; of rows that are ``far`` apart with what rounding y − x lost.

    That is Knuth's two-sum, a tenth of the time of a divergence.
    """
    rounded = y - x
    if far is None:
        return (rounded - gap) * beta - shift
    back = rounded - y
    lost = (y - (rounded - back)) - (x + back)
    lost = lost if lost == lost else zero  # of an impossible class
    return ((rounded - gap) + lost) * beta - shift


@jit("reassoc", "contract")
def logits_terms(x, y, ep, eq, by_p, by_q, beta, gap, shift, far, zero):
    """Σ p · (exp r − 1 − r) of a run, r = log(q / p); ep and eq hold p and q, unscaled."""
    widest()
    total = zero
    for i in range(x.size):
        p, q = ep[i] * by_p, eq[i] * by_q
        r = log_ratio(widen(x[i]), widen(y[i]), gap, beta, shift, far, zero)
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
def logits_grad_p(x, y, ep, by_p, beta, gap, shift, far, loss, g, out, zero, stored):
    """∂/∂x = g · p · (log(p / q) − KL)."""
    widest()
    for i in range(out.size):
        p = ep[i] * by_p
        r = log_ratio(widen(x[i]), widen(y[i]), gap, beta, shift, far, zero)
        out[i] = narrow(zero if p == zero else g * p * (zero - r - loss), stored)


@jit()
def of_logits(p_at, q_at, stored, options, up_at, loss_at, past, grad_p_at, grad_q_at, scratch_at, start, stop):
    """Rows of logits; β = 1 / T. What is None, ``up``, is not compiled."""
    K, p_step, q_step, up_step, beta, scale = options
    zero, b = number(0, stored), number(beta, stored)
    runs = -(-K // RUN)
    ep, eq = slice_at(scratch_at, 0, K, zero), slice_at(scratch_at, K, K, zero)
    tops_p, tops_q = slice_at(scratch_at, 2 * K, runs, zero), slice_at(scratch_at, 2 * K + runs, runs, zero)
    room = slice_at(scratch_at + 2 * (K + runs) * width(ep), 0, RUN, stored)
    loss, up = slice_at(loss_at, 0, stop, f8(0)), slice_at(0 if up_at is None else up_at, 0, stop, f8(0))
    for r in range(start, stop):
        x, y = slice_at(p_at, r * p_step, K, stored), slice_at(q_at, r * q_step, K, stored)
        c_p, s_p = row_sum(x, beta, tops_p, ep, True, zero)
        c_q, s_q = row_sum(y, beta, tops_q, eq, True, zero)
        apart = f8(c_q) - f8(c_p)
        gap = number(apart, stored)
        shift = number(beta * (apart - f8(gap)) + (math.log1p(s_q) - math.log1p(s_p)), stored)
        total = 0.0
        out_p = slice_at(grad_p_at, r * K, K if grad_p_at else 0, stored)
        out_q = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
        for i in range(runs):
            j, k = i * RUN, min((i + 1) * RUN, K)
            by_p = number(math.exp(beta * (f8(tops_p[i]) - f8(c_p))) / (1 + s_p), stored)
            by_q = number(math.exp(beta * (f8(tops_q[i]) - f8(c_q))) / (1 + s_q), stored)
            p, q = span(ep, j, k), span(eq, j, k)
            u, v = span(x, j, k), span(y, j, k)
            if abs(apart) > NEAR:
                total += logits_terms(u, v, p, q, by_p, by_q, b, gap, shift, True, zero)
            else:
                total += logits_terms(u, v, p, q, by_p, by_q, b, gap, shift, None, zero)
            if up_at is not None:  # while the run is in the nearest cache
                out, g = span(out_q, j, k), number(up[r * up_step] * scale * beta, stored)
                place = place_for(out, room, past)
                logits_grad_q(p, q, by_p, by_q, g, place, stored)
                if past is not None:
                    hand_out(place, out)
        loss[r] = total
        if up_at is not None and grad_p_at:
            g = number(up[r * up_step] * scale * beta, stored)
            for i in range(runs):
                j, k = i * RUN, min((i + 1) * RUN, K)
                by_p = number(math.exp(beta * (f8(tops_p[i]) - f8(c_p))) / (1 + s_p), stored)
                out, less = span(out_p, j, k), number(total, stored)
                place = place_for(out, room, past)
                u, v, p = span(x, j, k), span(y, j, k), span(ep, j, k)
                logits_grad_p(u, v, p, by_p, b, gap, shift, True, less, g, place, zero, stored)
                if past is not None:
                    hand_out(place, out)
    settle()


@kernel()
def share_of_logits(arguments, scratch, start, stop, openmp):
    """:func:`of_logits`, in pieces, by OpenMP threads."""
    parallel_for(of_logits, arguments, scratch, start, stop, openmp)
