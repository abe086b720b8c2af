"""Cross-entropy of few classes: a block of rows is turned, so that SIMD runs across the rows."""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba.losses.softmax import AHEAD
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import exp, f8, i8, log1p
from byhand.kernels.numba.runtime.memory import narrow, number, slice_at, span, widen, widest
from byhand.kernels.numba.runtime.openmp import parallel_for
from byhand.kernels.numba.runtime.stores import fetch, hand_out, place_for, settle, width

FEW = 64  # classes up to which turning pays
BLOCK = 128  # rows that are turned at once


def scratch_size(C):
    """Logits of a block and five numbers a row, and as many logits on their way."""
    return (2 * C + 5) * BLOCK


@jit()
def few_classes(x_at, stored, y_at, options, up_at, loss_at, _, past, grad_at, scratch_at, start, stop):
    """Blocks ``start`` to ``stop`` of R rows, without weights, smoothing and z-loss.

    The loss is one number a row, or, unless ``each`` is wanted, one a block.
    """
    R, C, step, up_step, ignore, each, scale = options
    zero, one = number(0, stored), number(1, stored)
    y, loss, up = slice_at(y_at, 0, R, i8(0)), slice_at(loss_at, 0, R, f8(0)), slice_at(up_at, 0, R, f8(0))
    block = slice_at(scratch_at, 0, (C + 5) * BLOCK, zero)
    room = slice_at(scratch_at + block.size * width(block), 0, C * BLOCK, stored)
    for b in range(start, stop):
        first, total = b * BLOCK, 0.0
        n = min(BLOCK, R - first)
        m = (n + 15) // 16 * 16  # whole vectors
        c, s, equal = column(block, C, m), column(block, C + 1, m), column(block, C + 2, m)
        x_y, nll = column(block, C + 3, m), column(block, C + 4, m)
        x = slice_at(x_at, first * step, n * step, stored)
        turn(x, step, n, C, block)
        fetch(x, AHEAD)
        for j in range(n):
            k = y[first + j]
            x_y[j] = block[(k if k != ignore else 0) * BLOCK + j]
        for j in range(m):
            c[j], s[j], equal[j] = -np.inf, 0, -1
        for i in range(C):
            turned_max(column(block, i, m), c)
        for i in range(C):
            turned_exps(column(block, i, m), c, s, equal, zero, one)
        turned_loss(c, s, equal, x_y, nll)
        for j in range(n):
            cost = f8(nll[j]) if y[first + j] != ignore else 0.0
            total += cost
            if each:
                loss[first + j] = cost
        if not each:
            loss[b] = total
        if grad_at:
            turned_grad(block, y, ignore, first, n, C, scale, up, up_step, c, s, x_y, nll)
            out = slice_at(grad_at, first * C, n * C, stored)
            place = place_for(out, room, past)
            turn_back(block, n, C, place, stored)
            if past is not None:
                hand_out(place, out)
    settle()


@kernel()
def share_few_classes(arguments, scratch, start, stop, openmp):
    """:func:`few_classes`, in pieces, by OpenMP threads."""
    parallel_for(few_classes, arguments, scratch, start, stop, openmp)


@jit()
def column(block, i, m):
    """What the first m rows of a block have of class i."""
    return span(block, i * BLOCK, i * BLOCK + m)


@jit()
def turn(x, step, n, C, block):
    """Rows of logits as columns of the block."""
    widest()
    for i in range(C):
        for j in range(n):
            block[i * BLOCK + j] = widen(x[j * step + i])


@jit()
def turn_back(block, n, C, out, stored):
    """Columns of the block as rows of the gradient."""
    widest()
    for i in range(C):
        for j in range(n):
            out[j * C + i] = narrow(block[i * BLOCK + j], stored)


@jit()
def turned_max(x, c):
    """C = max(c, x), number by number."""
    widest()
    for j in range(x.size):
        c[j] = x[j] if x[j] > c[j] else c[j]


@jit("contract")
def turned_exps(x, c, s, equal, zero, one):
    """X becomes exp(x − c); s grows by it, or ``equal`` by 1 where it is 1."""
    widest()
    for j in range(x.size):
        e = exp(x[j] - c[j])
        top = x[j] == c[j]
        s[j] += zero if top else e
        equal[j] += one if top else zero
        x[j] = e


@jit("contract")
def turned_loss(c, s, equal, x_y, nll):
    """S − 1, nan where c is not finite, and −log p of the classes."""
    widest()
    for j in range(c.size):
        s[j] = s[j] + equal[j] + (c[j] - c[j])
        nll[j] = (c[j] - x_y[j]) + log1p(s[j])


@jit()
def turned_grad(block, y, ignore, first, n, C, scale, up, up_step, c, s, x_y, factor):
    """The block of exps becomes the block of gradients."""
    for j in range(n):
        g = up[(first + j) * up_step] * scale if y[first + j] != ignore else 0.0
        factor[j] = g / (1.0 + s[j])
    for i in range(C):
        scale_turned(column(block, i, factor.size), factor)
    for j in range(n):
        k = y[first + j]
        if k != ignore:
            right = x_y[j] == c[j]
            p_less_1 = block[k * BLOCK + j] - (1.0 + s[j]) * factor[j]
            block[k * BLOCK + j] = -s[j] * factor[j] if right else p_less_1
        else:
            for i in range(C):
                block[i * BLOCK + j] = 0  # whatever the row holds


@jit()
def scale_turned(x, factor):
    """X · factor, in place."""
    widest()
    for j in range(x.size):
        x[j] *= factor[j]
