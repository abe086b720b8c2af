"""Cross-entropy of few classes: a block of rows is transposed, so that SIMD runs across the rows.

After that, the logits of one class are contiguous: a column of the block. As in
:mod:`byhand.kernels.numba.cross_entropy`, c is the greatest logit of a row and S its sum of exps.
"""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba.losses.softmax import AHEAD
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import exp, f8, i8, log1p
from byhand.kernels.numba.runtime.memory import narrow, number, slice_at, span, widen, widest_vectors
from byhand.kernels.numba.runtime.openmp import parallel_for
from byhand.kernels.numba.runtime.stores import dest_for, itemsize, prefetch, store_fence, store_nontemporal

FEW = 64  # classes up to which a transposed block is faster
BLOCK = 128  # rows of a block


def scratch_size(C):
    """Numbers of scratch memory: the logits of a block, five numbers for each row, and a buffer for the gradient."""
    return (2 * C + 5) * BLOCK


@jit()
def few_classes(x_at, stored, y_at, options, up_at, loss_at, _, nontemporal, grad_at, __, scratch_at, start, stop):
    """Blocks ``start`` to ``stop`` of R rows, without weights, smoothing and z-loss.

    The losses are written one for each row if the option ``each`` is set, and else one for each block.
    """
    R, C, step, up_step, ignore, each, scale = options
    zero, one = number(0, stored), number(1, stored)
    y, loss, up = slice_at(y_at, 0, R, i8(0)), slice_at(loss_at, 0, R, f8(0)), slice_at(up_at, 0, R, f8(0))
    block = slice_at(scratch_at, 0, (C + 5) * BLOCK, zero)
    buffer = slice_at(scratch_at + block.size * itemsize(block), 0, C * BLOCK, stored)
    for b in range(start, stop):
        first, total = b * BLOCK, 0.0
        n = min(BLOCK, R - first)
        m = (n + 15) // 16 * 16  # whole vectors
        c, s, equal = column(block, C, m), column(block, C + 1, m), column(block, C + 2, m)
        x_y, nll = column(block, C + 3, m), column(block, C + 4, m)
        x = slice_at(x_at, first * step, n * step, stored)
        transpose(x, step, n, C, block)
        prefetch(x, AHEAD)
        for j in range(n):
            k = y[first + j]
            x_y[j] = block[(k if k != ignore else 0) * BLOCK + j]
        for j in range(m):
            c[j], s[j], equal[j] = -np.inf, 0, -1
        for i in range(C):
            update_max(column(block, i, m), c)
        for i in range(C):
            replace_by_exps(column(block, i, m), c, s, equal, zero, one)
        column_losses(c, s, equal, x_y, nll)
        for j in range(n):
            cost = f8(nll[j]) if y[first + j] != ignore else 0.0
            total += cost
            if each:
                loss[first + j] = cost
        if not each:
            loss[b] = total
        if grad_at:
            column_grads(block, y, ignore, first, n, C, scale, up, up_step, c, s, x_y, nll)
            out = slice_at(grad_at, first * C, n * C, stored)
            dest = dest_for(out, buffer, nontemporal)
            transpose_back(block, n, C, dest, stored)
            if nontemporal is not None:
                store_nontemporal(dest, out)
    store_fence()


@kernel()
def parallel_few_classes(arguments, scratch, start, stop, openmp):
    """:func:`few_classes`, in threads."""
    parallel_for(few_classes, arguments, scratch, start, stop, openmp)


@jit()
def column(block, i, m):
    """Column i of a block, of its first m rows."""
    return span(block, i * BLOCK, i * BLOCK + m)


@jit()
def transpose(x, step, n, C, block):
    """Write rows of logits as columns of the block."""
    widest_vectors()
    for i in range(C):
        for j in range(n):
            block[i * BLOCK + j] = widen(x[j * step + i])


@jit()
def transpose_back(block, n, C, out, stored):
    """Write columns of the block as rows of the gradient."""
    widest_vectors()
    for i in range(C):
        for j in range(n):
            out[j * C + i] = narrow(block[i * BLOCK + j], stored)


@jit()
def update_max(x, c):
    """C = max(c, x), elementwise."""
    widest_vectors()
    for j in range(x.size):
        c[j] = x[j] if x[j] > c[j] else c[j]


@jit("contract")
def replace_by_exps(x, c, s, equal, zero, one):
    """Replace x by exp(x − c), and add it to s; where x is c, add 1 to ``equal`` instead."""
    widest_vectors()
    for j in range(x.size):
        e = exp(x[j] - c[j])
        top = x[j] == c[j]
        s[j] += zero if top else e
        equal[j] += one if top else zero
        x[j] = e


@jit("contract")
def column_losses(c, s, equal, x_y, nll):
    """Compute S − 1, which is nan where c is not finite, and −log p of the target classes."""
    widest_vectors()
    for j in range(c.size):
        s[j] = s[j] + equal[j] + (c[j] - c[j])
        nll[j] = (c[j] - x_y[j]) + log1p(s[j])


@jit()
def column_grads(block, y, ignore, first, n, C, scale, up, up_step, c, s, x_y, factor):
    """Replace the exps of the block by the gradients."""
    for j in range(n):
        g = up[(first + j) * up_step] * scale if y[first + j] != ignore else 0.0
        factor[j] = g / (1.0 + s[j])
    for i in range(C):
        scale_column(column(block, i, factor.size), factor)
    for j in range(n):
        k = y[first + j]
        if k != ignore:
            right = x_y[j] == c[j]
            p_less_1 = block[k * BLOCK + j] - (1.0 + s[j]) * factor[j]
            block[k * BLOCK + j] = -s[j] * factor[j] if right else p_less_1
        else:
            for i in range(C):
                block[i * BLOCK + j] = 0  # even if the row holds nan


@jit()
def scale_column(x, factor):
    """X · factor, in place."""
    widest_vectors()
    for j in range(x.size):
        x[j] *= factor[j]
