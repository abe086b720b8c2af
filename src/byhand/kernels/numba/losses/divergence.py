"""KL divergence a row at a time: of probabilities, and of weights. What is None, ``up``, is not compiled."""

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import overload

from byhand.kernels.numba.losses.far_weights import far_weights, within
from byhand.kernels.numba.losses.ratio import half_log_of_ratio32, log_of_ratio
from byhand.kernels.numba.losses.softmax import AHEAD, PART, RUN
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import f8, of_total_order, total_order
from byhand.kernels.numba.runtime.memory import (
    bits_of,
    either,
    lesser,
    narrow,
    number,
    slice_at,
    span,
    widen,
    widest,
)
from byhand.kernels.numba.runtime.openmp import parallel_for
from byhand.kernels.numba.runtime.stores import fetch, hand_out, place_for, settle

# In bits of a float32, whose order is that of the positive numbers: 2⁻¹²⁵, 2¹²⁶, and what is above all.
LEAST_USUAL, LARGEST_USUAL, LARGEST = np.int32(0x01000000), np.int32(0x7E800000), np.int32(0x7FFFFFFF)


@jit("reassoc", "contract")
def usual_terms(p, q, zero):
    """Σ p · log(p / q) of a run; and the least and all bits of its numbers, which tell whether it is that."""
    widest()
    total, least, seen = zero, LARGEST, np.int32(0)
    for i in range(p.size):
        a, b = widen(p[i]), widen(q[i])
        least = lesser(least, lesser(bits_of(a), bits_of(b)) if a != zero else LARGEST)
        seen = either(seen, either(bits_of(a), bits_of(b)))
        total -= a * half_log_of_ratio32(a, b) if a != zero else zero
    return total + total, least, seen


@jit("reassoc", "contract")
def any_terms(p, q, zero):
    """Σ p · log(p / q) of any run."""
    widest()
    total = zero
    for i in range(p.size):
        a = widen(p[i])
        log_t, _ = log_of_ratio(a, widen(q[i]))
        total -= zero if a == zero else a * log_t
    return total


def plain_terms(p, q, zero):
    """In a kernel: the same, the fast way where it goes."""
    raise NotImplementedError


@overload(plain_terms)
def _plain_terms(p, q, zero):
    if zero == types.float64:
        return lambda p, q, zero: any_terms(p, q, zero)

    def fast(p, q, zero):
        total, least, seen = usual_terms(p, q, zero)
        return total if least >= LEAST_USUAL and 0 <= seen < LARGEST_USUAL else any_terms(p, q, zero)

    return fast


@jit("reassoc", "contract")
def normal_terms(p, q, by_p, by_q, zero):
    """Σ p · φ(q / p) of a run of p · by_p and q · by_q: none is negative."""
    widest()
    total = zero
    for i in range(p.size):
        _, term = log_of_ratio(widen(p[i]) * by_p, widen(q[i]) * by_q)
        total += term
    return total


@jit("contract")
def run_grads(p, q, by_p, by_q, to_p, less_p, to_q, less_q, grad_p, grad_q, zero, stored):
    """∂/∂p = to_p · (log(p / q) − less_p), ∂/∂q = to_q · (less_q − p / q), 0 where weights are; none into no room."""
    widest()
    for i in range(grad_p.size):
        a, b = widen(p[i]) * by_p, widen(q[i]) * by_q
        log_t, _ = log_of_ratio(a, b)
        grad_p[i] = narrow(zero if a == zero else to_p * (zero - log_t - less_p), stored)
    for i in range(grad_q.size):
        a, b = widen(p[i]) * by_p, widen(q[i]) * by_q
        ratio = zero if a == zero else a / b
        grad_q[i] = narrow(zero if b == zero and a == zero else to_q * (less_q - ratio), stored)


@jit()
def probs_grads(p, q, by_p, by_q, to_p, less_p, to_q, less_q, grad_p, grad_q, rooms, past, zero, stored):
    """The same of a row, past the caches or not."""
    for i in range(0, p.size, RUN):
        j = min(i + RUN, p.size)
        of_p, of_q, room = span(grad_p, i, j), span(grad_q, i, j), span(rooms, 0, RUN)
        at_p, at_q = place_for(of_p, room, past), place_for(of_q, span(rooms, RUN, 2 * RUN), past)
        a, b = span(p, i, j), span(q, i, j)
        run_grads(a, b, by_p, by_q, to_p, less_p, to_q, less_q, at_p, at_q, zero, stored)
        if past is not None:
            hand_out(at_p, of_p)
            hand_out(at_q, of_q)


@jit("reassoc")
def add(x, most, zero):
    """Σ x of a run, and the least of its numbers that are not 0."""
    widest()
    total, least = zero, total_order(most)
    for i in range(x.size):
        v = widen(x[i])
        key = total_order(v if v != zero else most)
        least = key if key < least else least
        total += v
    return total, of_total_order(least)


@jit()
def row_total(x, zero):
    """Σ x of a row, in float64 beyond runs; and the least of its numbers that are not 0."""
    total, least = 0.0, np.inf
    for i in range(0, x.size, RUN):
        of_run, lowest = add(span(x, i, i + RUN), number(np.inf, zero), zero)
        total += of_run
        least = min(least, f8(lowest))
    return total, least


@jit()
def of_probs(p_at, q_at, stored, options, up_at, loss_at, past, grad_p_at, grad_q_at, scratch_at, start, stop):
    """Rows of probabilities, as they are."""
    K, p_step, q_step, up_step, _, scale = options
    zero, one = number(0, stored), number(1, stored)
    rooms, loss = slice_at(scratch_at, 0, 2 * RUN, stored), slice_at(loss_at, 0, stop, f8(0))
    up = slice_at(0 if up_at is None else up_at, 0, stop, f8(0))
    for r in range(start, stop):
        p, q = slice_at(p_at, r * p_step, K, stored), slice_at(q_at, r * q_step, K, stored)
        total = 0.0
        for i in range(0, K, PART):
            a, b = span(p, i, i + PART), span(q, i, i + PART)
            fetch(a, AHEAD)
            fetch(b, AHEAD)
            total += plain_terms(a, b, zero)
        loss[r] = total
        if up_at is not None:
            g = number(up[r * up_step] * scale, stored)
            grad_p = slice_at(grad_p_at, r * K, K if grad_p_at else 0, stored)
            grad_q = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
            probs_grads(p, q, one, one, g, zero - one, g, zero, grad_p, grad_q, rooms, past, zero, stored)
    settle()


@kernel()
def share_of_probs(arguments, scratch, start, stop, openmp):
    """:func:`of_probs`, in pieces, by OpenMP threads."""
    parallel_for(of_probs, arguments, scratch, start, stop, openmp)


@jit()
def of_weights(p_at, q_at, stored, options, up_at, loss_at, past, grad_p_at, grad_q_at, scratch_at, start, stop):
    """Rows of weights, each divided by its sum."""
    K, p_step, q_step, up_step, _, scale = options
    zero, one = number(0, stored), number(1, stored)
    rooms, loss = slice_at(scratch_at, 0, 2 * RUN, stored), slice_at(loss_at, 0, stop, f8(0))
    up = slice_at(0 if up_at is None else up_at, 0, stop, f8(0))
    for r in range(start, stop):
        p, q = slice_at(p_at, r * p_step, K, stored), slice_at(q_at, r * q_step, K, stored)
        (of_p, least_p), (of_q, least_q) = row_total(p, zero), row_total(q, zero)
        if not (within(of_p, least_p, zero) and within(of_q, least_q, zero)):
            loss[r] = far_weights(p, q, r, up_at, up_step, scale, grad_p_at, grad_q_at, stored)
            continue
        by_p, by_q = number(1 / of_p, stored), number(1 / of_q, stored)
        total = 0.0
        for i in range(0, K, RUN):
            total += normal_terms(span(p, i, i + RUN), span(q, i, i + RUN), by_p, by_q, zero)
        loss[r] = total
        if up_at is not None:
            g = number(up[r * up_step] * scale, stored)
            grad_p = slice_at(grad_p_at, r * K, K if grad_p_at else 0, stored)
            grad_q = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
            to_p, to_q, less = g * by_p, g * by_q, number(total, stored)
            probs_grads(p, q, by_p, by_q, to_p, less, to_q, one, grad_p, grad_q, rooms, past, zero, stored)
    settle()


@kernel()
def share_of_weights(arguments, scratch, start, stop, openmp):
    """:func:`of_weights`, in pieces, by OpenMP threads."""
    parallel_for(of_weights, arguments, scratch, start, stop, openmp)
