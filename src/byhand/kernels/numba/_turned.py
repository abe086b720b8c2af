"""Cross-entropy of few classes: a block of rows is turned, so that SIMD runs across the rows."""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba._jit import jit
from byhand.kernels.numba._math import exp, log1p
from byhand.kernels.numba._memory import narrow, number, slice_at, widen, widest

BLOCK = 64  # rows that are turned at once


@jit()
def few_classes(x_at, stored, y, options, up, loss, grad_at, start, stop):
    """The same without weights, smoothing and z-loss: a block of rows is turned, and each loop runs across them."""
    C, step, ignore, _, _, scale, _ = options
    zero, one = number(0, stored), number(1, stored)
    block = np.zeros((C, BLOCK), type(zero))
    c, s, equal, x_y, nll = block[0] * 0, block[0] * 0, block[0] * 0, block[0] * 0, block[0] * 0
    for first in range(start, stop, BLOCK):
        n = min(BLOCK, stop - first)
        x = slice_at(x_at, first * step, n * step, stored)
        turn(x, step, n, block)
        for j in range(n):
            k = y[first + j]
            x_y[j] = block[k if k != ignore else 0, j]
        c[:] = -np.inf
        s[:] = 0
        equal[:] = -1
        for i in range(C):
            turned_max(block[i], c)
        for i in range(C):
            turned_exps(block[i], c, s, equal, zero, one)
        turned_loss(c, s, equal, x_y, nll)
        for j in range(n):
            loss[first + j] = nll[j] if y[first + j] != ignore else 0.0
        if grad_at:
            turned_grad(block, y, ignore, first, n, scale, up, c, s, x_y, nll)
            turn_back(block, n, slice_at(grad_at, first * C, n * C, stored), stored)


@jit()
def turn(x, step, n, block):
    """Rows of logits as columns of the block."""
    for j in range(n):
        row = x[j * step : j * step + block.shape[0]]
        for i in range(row.size):
            block[i, j] = widen(row[i])


@jit()
def turn_back(block, n, out, stored):
    """Columns of the block as rows of the gradient."""
    for j in range(n):
        row = out[j * block.shape[0] : (j + 1) * block.shape[0]]
        for i in range(row.size):
            row[i] = narrow(block[i, j], stored)


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
def turned_grad(block, y, ignore, first, n, scale, up, c, s, x_y, factor):
    """The block of exps becomes the block of gradients."""
    for j in range(n):
        g = up[first + j if up.size > 1 else 0] * scale if y[first + j] != ignore else 0.0
        factor[j] = g / (1.0 + s[j])
    for i in range(block.shape[0]):
        scale_turned(block[i], factor)
    for j in range(n):
        k = y[first + j]
        if k != ignore:
            right = x_y[j] == c[j]
            block[k, j] = -s[j] * factor[j] if right else block[k, j] - (1.0 + s[j]) * factor[j]
        else:
            for i in range(block.shape[0]):
                block[i, j] = 0  # whatever the row holds


@jit()
def scale_turned(x, factor):
    """X · factor, in place."""
    widest()
    for j in range(x.size):
        x[j] *= factor[j]
