"""KL divergence one row at a time, where q is log-probabilities, and p is probabilities or log-probabilities.

If the address ``up_at`` of the upstream gradients is None, the code for gradients is not compiled; the same holds for
``mixed``.
"""

from __future__ import annotations

from byhand.kernels.numba.losses.softmax import RUN
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import f8, full_exp, log
from byhand.kernels.numba.runtime.memory import narrow, number, slice_at, span, widen, widest_vectors
from byhand.kernels.numba.runtime.openmp import parallel_for
from byhand.kernels.numba.runtime.stores import dest_for, store_fence, store_nontemporal


@jit("reassoc", "contract")
def log_probs_terms(p, q, zero):
    """Σ exp(p) · (p − q) of a run of log-probabilities p and q."""
    widest_vectors()
    total = zero
    for i in range(p.size):
        u, v = widen(p[i]), widen(q[i])
        a = full_exp(u)
        total += zero if a == zero else a * (u - v)
    return total


@jit("contract")
def log_probs_grads(p, q, g, grad_p, grad_q, one, zero, stored):
    """∂/∂log p = g · p · (log p − log q + 1) and ∂/∂log q = −g · p; one that is not needed has no elements."""
    widest_vectors()
    for i in range(grad_p.size):
        u, v = widen(p[i]), widen(q[i])
        a = full_exp(u)
        grad_p[i] = narrow(zero if a == zero else g * a * (u - v + one), stored)
    for i in range(grad_q.size):
        grad_q[i] = narrow(zero - g * full_exp(widen(p[i])), stored)


@jit("reassoc", "contract")
def mixed_terms(p, q, zero):
    """Σ p · (log p − q) of a run of probabilities p and log-probabilities q."""
    widest_vectors()
    total = zero
    for i in range(p.size):
        a = widen(p[i])
        log_a = log(a)
        total += zero if a == zero else a * (log_a - widen(q[i]))
    return total


@jit("contract")
def mixed_grads(p, q, g, grad_p, grad_q, one, zero, stored):
    """∂/∂p = g · (log p − log q + 1) and ∂/∂log q = −g · p; one that is not needed has no elements."""
    widest_vectors()
    for i in range(grad_p.size):
        a = widen(p[i])
        log_a = log(a)
        grad_p[i] = narrow(zero if a == zero else g * (log_a - widen(q[i]) + one), stored)
    for i in range(grad_q.size):
        grad_q[i] = narrow(zero - g * widen(p[i]), stored)


@jit()
def logs_rows(
    mixed, p_at, q_at, stored, options, up_at, loss_at, nontemporal, grad_p_at, grad_q_at, scratch_at, start, stop
):
    """The divergences of rows ``start`` to ``stop``, which are not normalised.

    q is log-probabilities. p is log-probabilities if ``mixed`` is None, and else probabilities.
    """
    K, p_step, q_step, up_step, _, scale = options
    zero, one = number(0, stored), number(1, stored)
    room_p, room_q = slice_at(scratch_at, 0, RUN, stored), slice_at(scratch_at, RUN, RUN, stored)
    loss, up = slice_at(loss_at, 0, stop, f8(0)), slice_at(0 if up_at is None else up_at, 0, stop, f8(0))
    for r in range(start, stop):
        p, q = slice_at(p_at, r * p_step, K, stored), slice_at(q_at, r * q_step, K, stored)
        grad_p = slice_at(grad_p_at, r * K, K if grad_p_at else 0, stored)
        grad_q = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
        total = 0.0
        for j in range(0, K, RUN):
            k = min(j + RUN, K)
            a, b = span(p, j, k), span(q, j, k)
            if mixed is None:
                total += log_probs_terms(a, b, zero)
            else:
                total += mixed_terms(a, b, zero)
            if up_at is not None:
                g = number(up[r * up_step] * scale, stored)
                to_p, to_q = (
                    dest_for(span(grad_p, j, k), room_p, nontemporal),
                    dest_for(span(grad_q, j, k), room_q, nontemporal),
                )
                if mixed is None:
                    log_probs_grads(a, b, g, to_p, to_q, one, zero, stored)
                else:
                    mixed_grads(a, b, g, to_p, to_q, one, zero, stored)
                if nontemporal is not None:
                    store_nontemporal(to_p, span(grad_p, j, k))
                    store_nontemporal(to_q, span(grad_q, j, k))
        loss[r] = total
    store_fence()


@kernel()
def parallel_logs(arguments, scratch, start, stop, openmp):
    """:func:`logs_rows`, in threads."""
    parallel_for(logs_rows, arguments, scratch, start, stop, openmp)
