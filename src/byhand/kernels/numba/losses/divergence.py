"""KL divergence of probabilities and of weights, one row at a time.

If the address ``up_at`` of the upstream gradients is None, the code for gradients is not compiled.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import overload

from byhand.kernels.numba.losses.far_weights import far_weights, in_range
from byhand.kernels.numba.losses.ratio import half_log_of_ratio32, log_of_ratio
from byhand.kernels.numba.losses.softmax import AHEAD, PART, RUN
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import f8, from_total_order, total_order
from byhand.kernels.numba.runtime.memory import (
    bits_of,
    min_i32,
    narrow,
    number,
    or_i32,
    slice_at,
    span,
    widen,
    widest_vectors,
)
from byhand.kernels.numba.runtime.openmp import parallel_for
from byhand.kernels.numba.runtime.stores import dest_for, prefetch, store_fence, store_nontemporal

# Bits of float32 numbers, which sort as positive numbers do: 2⁻¹²⁵, 2¹²⁶, and a bound above all.
FAST_LEAST, FAST_LARGEST, LARGEST = np.int32(0x01000000), np.int32(0x7E800000), np.int32(0x7FFFFFFF)


@jit("reassoc", "contract")
def fast_terms(p, q, zero):
    """Σ p · log(p / q) of a run; and the least and the bitwise or of its numbers, to check validity."""
    widest_vectors()
    total, least, all_bits = zero, LARGEST, np.int32(0)
    for i in range(p.size):
        a, b = widen(p[i]), widen(q[i])
        least = min_i32(least, min_i32(bits_of(a), bits_of(b)) if a != zero else LARGEST)
        all_bits = or_i32(all_bits, or_i32(bits_of(a), bits_of(b)))
        total -= a * half_log_of_ratio32(a, b) if a != zero else zero
    return total + total, least, all_bits


@jit("reassoc", "contract")
def general_terms(p, q, zero):
    """Σ p · log(p / q) of a run of any numbers."""
    widest_vectors()
    total = zero
    for i in range(p.size):
        a = widen(p[i])
        log_t, _ = log_of_ratio(a, widen(q[i]))
        total -= zero if a == zero else a * log_t
    return total


def probs_terms(p, q, zero):
    """In a kernel: Σ p · log(p / q) of a run, by :func:`fast_terms` if its numbers allow it."""
    raise NotImplementedError


@overload(probs_terms)
def _probs_terms(p, q, zero):
    if zero == types.float64:
        return lambda p, q, zero: general_terms(p, q, zero)

    def fast(p, q, zero):
        total, least, all_bits = fast_terms(p, q, zero)
        return total if least >= FAST_LEAST and 0 <= all_bits < FAST_LARGEST else general_terms(p, q, zero)

    return fast


@jit("reassoc", "contract")
def weights_terms(p, q, by_p, by_q, zero):
    """Σ p · φ(q / p) of a run, where p is multiplied by ``by_p`` and q by ``by_q``; no term is negative."""
    widest_vectors()
    total = zero
    for i in range(p.size):
        _, term = log_of_ratio(widen(p[i]) * by_p, widen(q[i]) * by_q)
        total += term
    return total


@jit("contract")
def run_grads(p, q, by_p, by_q, to_p, offset_p, to_q, offset_q, grad_p, grad_q, zero, stored):
    """∂/∂p = to_p · (log(p / q) − offset_p), and ∂/∂q = to_q · (offset_q − p / q).

    The first is 0 where p is 0, the second where both are 0. A gradient that is not needed has no elements.
    """
    widest_vectors()
    for i in range(grad_p.size):
        a, b = widen(p[i]) * by_p, widen(q[i]) * by_q
        log_t, _ = log_of_ratio(a, b)
        grad_p[i] = narrow(zero if a == zero else to_p * (zero - log_t - offset_p), stored)
    for i in range(grad_q.size):
        a, b = widen(p[i]) * by_p, widen(q[i]) * by_q
        ratio = zero if a == zero else a / b
        grad_q[i] = narrow(zero if b == zero and a == zero else to_q * (offset_q - ratio), stored)


@jit()
def row_grads(p, q, by_p, by_q, to_p, offset_p, to_q, offset_q, grad_p, grad_q, buffers, nontemporal, zero, stored):
    """:func:`run_grads` of all runs of a row, with non-temporal stores if ``nontemporal`` is not None."""
    for i in range(0, p.size, RUN):
        j = min(i + RUN, p.size)
        out_p, out_q, buffer = span(grad_p, i, j), span(grad_q, i, j), span(buffers, 0, RUN)
        at_p, at_q = dest_for(out_p, buffer, nontemporal), dest_for(out_q, span(buffers, RUN, 2 * RUN), nontemporal)
        a, b = span(p, i, j), span(q, i, j)
        run_grads(a, b, by_p, by_q, to_p, offset_p, to_q, offset_q, at_p, at_q, zero, stored)
        if nontemporal is not None:
            store_nontemporal(at_p, out_p)
            store_nontemporal(at_q, out_q)


@jit("reassoc")
def run_total(x, most, zero):
    """Σ x of a run, and the least of its nonzero numbers."""
    widest_vectors()
    total, least = zero, total_order(most)
    for i in range(x.size):
        v = widen(x[i])
        key = total_order(v if v != zero else most)
        least = key if key < least else least
        total += v
    return total, from_total_order(least)


@jit()
def row_total(x, zero):
    """Σ x of a row, where the sums of runs are added in float64; and the least of its nonzero numbers."""
    total, least = 0.0, np.inf
    for i in range(0, x.size, RUN):
        of_run, lowest = run_total(span(x, i, i + RUN), number(np.inf, zero), zero)
        total += of_run
        least = min(least, f8(lowest))
    return total, least


@jit()
def probs_rows(p_at, q_at, stored, options, up_at, loss_at, nontemporal, grad_p_at, grad_q_at, scratch_at, start, stop):
    """The divergences of rows ``start`` to ``stop`` of probabilities, which are not normalised."""
    K, p_step, q_step, up_step, _, scale = options
    zero, one = number(0, stored), number(1, stored)
    buffers, loss = slice_at(scratch_at, 0, 2 * RUN, stored), slice_at(loss_at, 0, stop, f8(0))
    up = slice_at(0 if up_at is None else up_at, 0, stop, f8(0))
    for r in range(start, stop):
        p, q = slice_at(p_at, r * p_step, K, stored), slice_at(q_at, r * q_step, K, stored)
        total = 0.0
        for i in range(0, K, PART):
            a, b = span(p, i, i + PART), span(q, i, i + PART)
            prefetch(a, AHEAD)
            prefetch(b, AHEAD)
            total += probs_terms(a, b, zero)
        loss[r] = total
        if up_at is not None:
            g = number(up[r * up_step] * scale, stored)
            grad_p = slice_at(grad_p_at, r * K, K if grad_p_at else 0, stored)
            grad_q = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
            row_grads(p, q, one, one, g, zero - one, g, zero, grad_p, grad_q, buffers, nontemporal, zero, stored)
    store_fence()


@kernel()
def parallel_probs(arguments, scratch, start, stop, openmp):
    """:func:`probs_rows`, in threads."""
    parallel_for(probs_rows, arguments, scratch, start, stop, openmp)


@jit()
def weights_rows(
    p_at, q_at, stored, options, up_at, loss_at, nontemporal, grad_p_at, grad_q_at, scratch_at, start, stop
):
    """The divergences of rows ``start`` to ``stop`` of weights, which are divided by their sum."""
    K, p_step, q_step, up_step, _, scale = options
    zero, one = number(0, stored), number(1, stored)
    buffers, loss = slice_at(scratch_at, 0, 2 * RUN, stored), slice_at(loss_at, 0, stop, f8(0))
    up = slice_at(0 if up_at is None else up_at, 0, stop, f8(0))
    for r in range(start, stop):
        p, q = slice_at(p_at, r * p_step, K, stored), slice_at(q_at, r * q_step, K, stored)
        (sum_p, least_p), (sum_q, least_q) = row_total(p, zero), row_total(q, zero)
        if not (in_range(sum_p, least_p, zero) and in_range(sum_q, least_q, zero)):
            loss[r] = far_weights(p, q, r, up_at, up_step, scale, grad_p_at, grad_q_at, stored)
            continue
        by_p, by_q = number(1 / sum_p, stored), number(1 / sum_q, stored)
        total = 0.0
        for i in range(0, K, RUN):
            total += weights_terms(span(p, i, i + RUN), span(q, i, i + RUN), by_p, by_q, zero)
        loss[r] = total
        if up_at is not None:
            g = number(up[r * up_step] * scale, stored)
            grad_p = slice_at(grad_p_at, r * K, K if grad_p_at else 0, stored)
            grad_q = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
            to_p, to_q, offset = g * by_p, g * by_q, number(total, stored)
            row_grads(p, q, by_p, by_q, to_p, offset, to_q, one, grad_p, grad_q, buffers, nontemporal, zero, stored)
    store_fence()


@kernel()
def parallel_weights(arguments, scratch, start, stop, openmp):
    """:func:`weights_rows`, in threads."""
    parallel_for(weights_rows, arguments, scratch, start, stop, openmp)


@kernel()
def store_losses(losses_at, R, each, by, loss_at, stored):
    """Write the loss of each row, or their sum, times ``by``; and likewise into the losses themselves."""
    losses, total = slice_at(losses_at, 0, R, f8(0)), 0.0
    out = slice_at(loss_at, 0, R if each else 1, stored)
    for r in range(R):
        total += losses[r]
        losses[r] *= by
        if each:
            out[r] = losses[r]
    if not each:
        losses[0] = total * by
        out[0] = losses[0]
