"""KL divergence a row at a time: of probabilities, of weights, of log-probabilities, and of a mixture."""

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import overload

from byhand.kernels.numba._jit import jit
from byhand.kernels.numba._math import full_exp, log
from byhand.kernels.numba._memory import (
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
from byhand.kernels.numba._ratio import half_log_of_ratio32, log_of_ratio
from byhand.kernels.numba._softmax import AHEAD, PART, RUN
from byhand.kernels.numba._stream import fetch, hand_out, place_for, settle

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
def probs_grads(p, q, by_p, by_q, to_p, less_p, to_q, less_q, grad_p, grad_q, zero, stored):
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


@jit("reassoc")
def add(x, zero):
    """Σ x of a run."""
    widest()
    total = zero
    for i in range(x.size):
        total += widen(x[i])
    return total


@jit()
def row_total(x, zero):
    """Σ x of a row, in float64 beyond runs."""
    total = 0.0
    for i in range(0, x.size, RUN):
        total += add(span(x, i, i + RUN), zero)
    return total


@jit()
def of_probs(p_at, q_at, stored, options, up, loss, past, grad_p_at, grad_q_at, scratch, start, stop):
    """Rows of probabilities, as they are."""
    K, p_step, q_step, _, scale = options
    zero, one = number(0, stored), number(1, stored)
    room_p = slice_at(scratch.ctypes.data, 0, RUN, stored)
    room_q = slice_at(scratch.ctypes.data + RUN * scratch.itemsize, 0, RUN, stored)
    for r in range(start, stop):
        p, q = slice_at(p_at, r * p_step, K, stored), slice_at(q_at, r * q_step, K, stored)
        total = 0.0
        for i in range(0, K, PART):
            a, b = span(p, i, i + PART), span(q, i, i + PART)
            fetch(a, AHEAD)
            fetch(b, AHEAD)
            total += plain_terms(a, b, zero)
        loss[r] = total
        if grad_p_at or grad_q_at:
            g = number(up[r if up.size > 1 else 0] * scale, stored)
            grad_p = slice_at(grad_p_at, r * K, K if grad_p_at else 0, stored)
            grad_q = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
            for j in range(0, K, RUN):
                k = min(j + RUN, K)
                to_p, to_q = place_for(span(grad_p, j, k), room_p, past), place_for(span(grad_q, j, k), room_q, past)
                probs_grads(span(p, j, k), span(q, j, k), one, one, g, zero - one, g, zero, to_p, to_q, zero, stored)
                if past is not None:
                    hand_out(to_p, span(grad_p, j, k))
                    hand_out(to_q, span(grad_q, j, k))
    settle()


@jit()
def of_weights(p_at, q_at, stored, options, up, loss, past, grad_p_at, grad_q_at, scratch, start, stop):
    """Rows of weights, each divided by its sum."""
    K, p_step, q_step, _, scale = options
    zero, one = number(0, stored), number(1, stored)
    room_p = slice_at(scratch.ctypes.data, 0, RUN, stored)
    room_q = slice_at(scratch.ctypes.data + RUN * scratch.itemsize, 0, RUN, stored)
    for r in range(start, stop):
        p, q = slice_at(p_at, r * p_step, K, stored), slice_at(q_at, r * q_step, K, stored)
        by_p, by_q = number(1 / row_total(p, zero), stored), number(1 / row_total(q, zero), stored)
        total = 0.0
        for i in range(0, K, RUN):
            total += normal_terms(span(p, i, i + RUN), span(q, i, i + RUN), by_p, by_q, zero)
        loss[r] = total
        if grad_p_at or grad_q_at:
            g = number(up[r if up.size > 1 else 0] * scale, stored)
            grad_p = slice_at(grad_p_at, r * K, K if grad_p_at else 0, stored)
            grad_q = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
            less = number(total, stored)
            for j in range(0, K, RUN):
                k = min(j + RUN, K)
                to_p, to_q = place_for(span(grad_p, j, k), room_p, past), place_for(span(grad_q, j, k), room_q, past)
                probs_grads(
                    span(p, j, k), span(q, j, k), by_p, by_q, g * by_p, less, g * by_q, one, to_p, to_q, zero, stored
                )
                if past is not None:
                    hand_out(to_p, span(grad_p, j, k))
                    hand_out(to_q, span(grad_q, j, k))
    settle()


@jit("reassoc", "contract")
def log_probs_terms(p, q, zero):
    """Σ exp(p) · (p − q) of a run of logarithms."""
    widest()
    total = zero
    for i in range(p.size):
        u, v = widen(p[i]), widen(q[i])
        a = full_exp(u)
        total += zero if a == zero else a * (u - v)
    return total


@jit("contract")
def log_probs_grads(p, q, g, grad_p, grad_q, one, zero, stored):
    """∂/∂log p = g · p · (log p − log q + 1) and ∂/∂log q = −g · p; none into no room."""
    widest()
    for i in range(grad_p.size):
        u, v = widen(p[i]), widen(q[i])
        a = full_exp(u)
        grad_p[i] = narrow(zero if a == zero else g * a * (u - v + one), stored)
    for i in range(grad_q.size):
        grad_q[i] = narrow(zero - g * full_exp(widen(p[i])), stored)


@jit()
def of_log_probs(p_at, q_at, stored, options, up, loss, past, grad_p_at, grad_q_at, scratch, start, stop):
    """Rows of log-probabilities, as they are."""
    K, p_step, q_step, _, scale = options
    zero, one = number(0, stored), number(1, stored)
    room_p = slice_at(scratch.ctypes.data, 0, RUN, stored)
    room_q = slice_at(scratch.ctypes.data + RUN * scratch.itemsize, 0, RUN, stored)
    for r in range(start, stop):
        p, q = slice_at(p_at, r * p_step, K, stored), slice_at(q_at, r * q_step, K, stored)
        total = 0.0
        for i in range(0, K, RUN):
            total += log_probs_terms(span(p, i, i + RUN), span(q, i, i + RUN), zero)
        loss[r] = total
        if grad_p_at or grad_q_at:
            g = number(up[r if up.size > 1 else 0] * scale, stored)
            grad_p = slice_at(grad_p_at, r * K, K if grad_p_at else 0, stored)
            grad_q = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
            for j in range(0, K, RUN):
                k = min(j + RUN, K)
                to_p, to_q = place_for(span(grad_p, j, k), room_p, past), place_for(span(grad_q, j, k), room_q, past)
                log_probs_grads(span(p, j, k), span(q, j, k), g, to_p, to_q, one, zero, stored)
                if past is not None:
                    hand_out(to_p, span(grad_p, j, k))
                    hand_out(to_q, span(grad_q, j, k))
    settle()


@jit("reassoc", "contract")
def mixed_terms(p, q, zero):
    """Σ p · (log p − q) of a run of probabilities p and logarithms q."""
    widest()
    total = zero
    for i in range(p.size):
        a = widen(p[i])
        log_a = log(a)
        total += zero if a == zero else a * (log_a - widen(q[i]))
    return total


@jit("contract")
def mixed_grads(p, q, g, grad_p, grad_q, one, zero, stored):
    """∂/∂p = g · (log p − log q + 1) and ∂/∂log q = −g · p; none into no room."""
    widest()
    for i in range(grad_p.size):
        a = widen(p[i])
        log_a = log(a)
        grad_p[i] = narrow(zero if a == zero else g * (log_a - widen(q[i]) + one), stored)
    for i in range(grad_q.size):
        grad_q[i] = narrow(zero - g * widen(p[i]), stored)


@jit()
def of_mixed(p_at, q_at, stored, options, up, loss, past, grad_p_at, grad_q_at, scratch, start, stop):
    """Rows of probabilities p and of log-probabilities q, as they are."""
    K, p_step, q_step, _, scale = options
    zero, one = number(0, stored), number(1, stored)
    room_p = slice_at(scratch.ctypes.data, 0, RUN, stored)
    room_q = slice_at(scratch.ctypes.data + RUN * scratch.itemsize, 0, RUN, stored)
    for r in range(start, stop):
        p, q = slice_at(p_at, r * p_step, K, stored), slice_at(q_at, r * q_step, K, stored)
        g, total = number(up[r if up.size > 1 else 0] * scale, stored), 0.0
        grad_p = slice_at(grad_p_at, r * K, K if grad_p_at else 0, stored)
        grad_q = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
        for j in range(0, K, RUN):
            k = min(j + RUN, K)
            to_p, to_q = place_for(span(grad_p, j, k), room_p, past), place_for(span(grad_q, j, k), room_q, past)
            total += mixed_terms(span(p, j, k), span(q, j, k), zero)
            mixed_grads(span(p, j, k), span(q, j, k), g, to_p, to_q, one, zero, stored)
            if past is not None:
                hand_out(to_p, span(grad_p, j, k))
                hand_out(to_q, span(grad_q, j, k))
        loss[r] = total
    settle()
