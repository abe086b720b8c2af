"""KL divergence of logits with SIMD across rows: for channels-first images, and for few classes.

A block of rows is stored by columns, as in :mod:`byhand.kernels.numba.losses.block`. r = log(q / p) is computed as in
:mod:`byhand.kernels.numba.losses.divergence_of_logits`. The difference of log S_p and log S_q is the logarithm of one
quotient, 1 + (S_q − S_p) / S_p, so that it keeps its digits where both are nearly equal.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from byhand.kernels.numba.losses.block import fill, load_rows, move_sums, store_grad
from byhand.kernels.numba.losses.calls import channels_first_strides
from byhand.kernels.numba.losses.divergence_of_logits import log_ratio
from byhand.kernels.numba.losses.few_classes import BLOCK, FEW, column, update_max
from byhand.kernels.numba.losses.ratio import expm1_minus_r
from byhand.kernels.numba.runtime.blocks import output_like
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import exp, f8, log1p
from byhand.kernels.numba.runtime.memory import STORED, address_of, as_rows, number, slice_at, tensor_of, widest_vectors
from byhand.kernels.numba.runtime.openmp import parallel_for, run_in_threads
from byhand.kernels.numba.runtime.stores import itemsize, store_fence

Array = np.ndarray[Any, np.dtype[Any]]

WORK = 1 << 15  # numbers that are worth a thread
MANY = 256  # classes up to which a block stays in a core's own cache
SINGLES, DOUBLES = 10, 3  # columns of a block beside those of its classes


def scratch_size(K):
    """Numbers of scratch memory: the logits and exps of a block, its sums, and a buffer for its gradients."""
    return (5 * K + SINGLES + 2 * DOUBLES) * BLOCK


@jit()
def logits_columns(
    channels_first, p_at, q_at, stored, options, up_at, loss_at, nontemporal, grad_p_at, grad_q_at, scratch_at,
    start, stop,
):  # fmt: skip
    """The divergences of blocks ``start`` to ``stop`` of images of P rows; β = 1 / temperature.

    If ``up_at`` is None, the code for gradients is not compiled.
    """
    P, K, p_image, p_row, p_step, q_image, q_row, q_step, up_step, beta, scale = options
    zero, one, b, blocks = number(0, stored), number(1, stored), number(beta, stored), -(-P // BLOCK)
    x, y = slice_at(scratch_at, 0, K * BLOCK, zero), slice_at(scratch_at, K * BLOCK, K * BLOCK, zero)
    ep, eq = slice_at(scratch_at, 2 * K * BLOCK, K * BLOCK, zero), slice_at(scratch_at, 3 * K * BLOCK, K * BLOCK, zero)
    rows = slice_at(scratch_at, 4 * K * BLOCK, SINGLES * BLOCK, zero)
    doubles_at = scratch_at + (4 * K + SINGLES) * BLOCK * itemsize(x)
    doubles = slice_at(doubles_at, 0, DOUBLES * BLOCK, f8(0))
    buffer = slice_at(doubles_at + doubles.size * 8, 0, K * BLOCK, stored)
    for block in range(start, stop):
        image, first = block // blocks, block % blocks * BLOCK
        n, r = min(BLOCK, P - first), image * P + first
        m = (n + 15) // 16 * 16  # whole vectors
        load_rows(p_at, image * p_image + first * p_row, p_row, p_step, channels_first, n, K, x, stored)
        load_rows(q_at, image * q_image + first * q_row, q_row, q_step, channels_first, n, K, y, stored)
        c_p, c_q, gap, shift = column(rows, 0, m), column(rows, 1, m), column(rows, 2, m), column(rows, 3, m)
        by_p, by_q, g = column(rows, 4, m), column(rows, 5, m), column(rows, 6, m)
        part, equal_p, equal_q = column(rows, 7, m), column(rows, 8, m), column(rows, 9, m)
        s_p, s_q, total = column(doubles, 0, m), column(doubles, 1, m), column(doubles, 2, m)
        sum_exps(x, ep, K, b, c_p, part, equal_p, s_p, zero, one)
        sum_exps(y, eq, K, b, c_q, part, equal_q, s_q, zero, one)
        factors(c_p, c_q, s_p, s_q, equal_p, equal_q, b, gap, shift, by_p, by_q, one, zero)
        fill(total, 0.0)
        if up_at is not None:
            up = slice_at(up_at, r * up_step, n, f8(0))
            for j in range(n):
                g[j] = up[j * up_step] * scale * beta
        for i in range(K):
            u, v, a, e = column(x, i, m), column(y, i, m), column(ep, i, m), column(eq, i, m)
            add_terms(u, v, a, e, by_p, by_q, b, gap, shift, part, zero)
            if up_at is not None and grad_q_at:
                grads_of_q(a, e, by_p, by_q, g)
            if i % FEW == FEW - 1 or i == K - 1:
                move_sums(part, total)
        loss = slice_at(loss_at, r, n, f8(0))
        for j in range(n):
            loss[j] = total[j]
        if up_at is not None:
            at = r * K if channels_first is None else image * P * K + first
            if grad_q_at:
                store_grad(eq, n, K, grad_q_at, at, P, channels_first, buffer, nontemporal, stored)
            if grad_p_at:
                for i in range(K):
                    u, v, a = column(x, i, m), column(y, i, m), column(ep, i, m)
                    grads_of_p(u, v, a, by_p, b, gap, shift, total, g, zero)
                store_grad(ep, n, K, grad_p_at, at, P, channels_first, buffer, nontemporal, stored)
    store_fence()


@kernel()
def parallel_logits_columns(arguments, scratch, start, stop, openmp):
    """:func:`logits_columns`, in threads."""
    parallel_for(logits_columns, arguments, scratch, start, stop, openmp)


@jit()
def sum_exps(x, exps, K, beta, c, part, equal, s, zero, one):
    """The greatest logit c of each row, how many others are equal to it, the exps, and the sum of those below 1.

    Sums go from the compute dtype to float64 every 64 classes.
    """
    m = c.size
    fill(c, number(-np.inf, zero))
    fill(part, zero)
    fill(equal, number(-1, zero))
    fill(s, 0.0)
    for i in range(K):
        update_max(column(x, i, m), c)
    for i in range(K):
        write_exps(column(x, i, m), c, beta, column(exps, i, m), part, equal, zero, one)
        if i % FEW == FEW - 1 or i == K - 1:
            move_sums(part, s)


@jit("contract")
def write_exps(x, c, beta, exps, s, equal, zero, one):
    """Write exp(β · (x − c)), and add it to s; where x is c, add 1 to ``equal`` instead."""
    widest_vectors()
    for j in range(x.size):
        e = exp((x[j] - c[j]) * beta)
        top = x[j] == c[j]
        s[j] += zero if top else e
        equal[j] += one if top else zero
        exps[j] = e


@jit("contract")
def factors(c_p, c_q, s_p, s_q, equal_p, equal_q, beta, gap, shift, by_p, by_q, one, zero):
    """For each row the difference of the maxima, the rest of log(q / p), and 1 / S of both.

    Where a maximum is not finite, S and all that depends on it are nan.
    """
    widest_vectors()
    for j in range(c_p.size):
        rounded = c_q[j] - c_p[j]
        back = rounded - c_q[j]
        lost = (c_q[j] - (rounded - back)) - (c_p[j] + back)
        a, b = s_p[j] + equal_p[j] + (c_p[j] - c_p[j]), s_q[j] + equal_q[j] + (c_q[j] - c_q[j])
        low, high = (a if a < b else b), (b if a < b else a)
        log_of_quotient = log1p(number((high - low) / (1.0 + low), zero))
        gap[j], shift[j] = rounded, beta * lost + (log_of_quotient if a < b else -log_of_quotient)
        by_p[j], by_q[j] = 1.0 / (1.0 + a), 1.0 / (1.0 + b)


@jit("contract")
def add_terms(x, y, ep, eq, by_p, by_q, beta, gap, shift, total, zero):
    """Add p · (exp r − 1 − r) of a class, r = log(q / p); p is ep · by_p and q is eq · by_q."""
    widest_vectors()
    for j in range(x.size):
        p, q = ep[j] * by_p[j], eq[j] * by_q[j]
        r = log_ratio(x[j], y[j], gap[j], beta, shift[j], True, zero)
        phi, small = expm1_minus_r(r)
        total[j] += (p * phi if small else (q - p) - p * r) if p != zero else q


@jit("contract")
def grads_of_q(ep, eq, by_p, by_q, g):
    """Replace the exps of q by ∂/∂y = g · (q − p)."""
    widest_vectors()
    for j in range(eq.size):
        eq[j] = g[j] * (eq[j] * by_q[j] - ep[j] * by_p[j])


@jit("contract")
def grads_of_p(x, y, ep, by_p, beta, gap, shift, loss, g, zero):
    """Replace the exps of p by ∂/∂x = g · p · (log(p / q) − KL)."""
    widest_vectors()
    for j in range(x.size):
        p = ep[j] * by_p[j]
        r = log_ratio(x[j], y[j], gap[j], beta, shift[j], True, zero)
        ep[j] = zero if p == zero else g[j] * p * (zero - r - number(loss[j], zero))


def blocks_of(p: Tensor, q: Tensor) -> tuple[bool | None, int, Tensor, Tensor, tuple[int, ...], tuple[int, ...]] | None:
    """How blocks of rows of logits are read, if they have few classes or are channels-first images; else None.

    That is whether they are channels-first; the rows of an image; the tensors; and their strides from one image to the
    next, one row and one class.
    """
    R, K, P = p.shape[:-1].numel(), p.shape[-1], p.shape[1:-1].numel()
    steps = channels_first_strides(p), channels_first_strides(q)
    if steps[0] is not None and steps[1] is not None and K <= MANY:
        return True, P, p, q, steps[0], steps[1]
    if K > FEW:
        return None
    p, q = as_rows(p), as_rows(q)
    return None, R, p, q, (0, p.stride(0), 1), (0, q.stride(0), 1)


def by_columns(
    blocks: tuple[bool | None, int, Tensor, Tensor, tuple[int, ...], tuple[int, ...]],
    up_at: int | None,
    up_step: int,
    needs_grad: tuple[bool, bool],
    p: Tensor,
    q: Tensor,
    temperature: float,
    reduction: str,
    by: float,
) -> tuple[Tensor, Tensor | None, Tensor | None, Array]:
    """As :func:`compute`, for blocks of rows of logits."""
    channels_first, P, a, b, p_steps, q_steps = blocks
    K, R = p.shape[-1], p.shape[:-1].numel()
    likes = [x.movedim(-1, 1) if channels_first else x for x in (p, q)]
    buffers = [output_like(x) if needed else (None, True) for x, needed in zip(likes, needs_grad, strict=True)]
    nontemporal = (any(needs_grad) and all(reused for _, reused in buffers)) or None
    losses, wide = np.empty(R), torch.promote_types(p.dtype, torch.float32)
    options = P, K, *p_steps, *q_steps, up_step, 1 / temperature, by
    given_at = channels_first, a.data_ptr(), b.data_ptr(), STORED[p.dtype], options, up_at, address_of(losses)
    arguments = *given_at, nontemporal, *(0 if g is None else g.data_ptr() for g, _ in buffers)
    units = R // P * -(-P // BLOCK)
    run_in_threads(parallel_logits_columns, arguments, units, WORK // (K * BLOCK) + 1, scratch_size(K) * wide.itemsize)
    grads = [g if g is None or not channels_first else g.movedim(1, -1) for g, _ in buffers]
    if reduction == "none":
        losses *= by
        return tensor_of(losses, p.shape[:-1], wide), grads[0], grads[1], losses
    total = losses.sum() * by
    return torch.scalar_tensor(total, dtype=wide, device="cpu"), grads[0], grads[1], np.array([total])
