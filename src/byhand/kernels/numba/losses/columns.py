"""Cross-entropy across rows, with every option: of few classes, and of images, whose classes lie apart.

As in :mod:`byhand.kernels.numba.losses.few_classes`, which is this without options, a block of rows has the logits of a
class side by side, so that SIMD runs across the rows. Of images (N, C, d₁, …) they lie that way in memory, which is
called ``apart`` here; rows of few classes are turned. What is None is not compiled.
"""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba.losses.few_classes import (
    BLOCK,
    FEW,
    column,
    scale_turned,
    turn,
    turn_back,
    turned_exps,
    turned_max,
)
from byhand.kernels.numba.losses.softmax import AHEAD
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import f8, i8, log1p
from byhand.kernels.numba.runtime.memory import narrow, number, slice_at, widen, widest
from byhand.kernels.numba.runtime.openmp import parallel_for
from byhand.kernels.numba.runtime.stores import fetch, hand_out, place_for, settle, width

TOP, REST, EQUAL, OF_Y, LOG, GAPS, WEIGHTS, FACTOR, LESS = range(9)  # the columns of a block after its classes
SUMS = 3  # of them in float64 too
WIDE = 1024  # classes up to which a block stays in a core's own cache


def scratch_size(C):
    """A block and the sums of its rows, its targets, and a gradient on its way."""
    return (3 * C + LESS + 1 + 2 * SUMS) * BLOCK


@jit()
def columns(
    x_at, stored, y_at, t_at, weight_at, eps, apart, grad_apart, steps, options,
    up_at, loss_at, z_at, past, grad_at, scratch_at, start, stop,
):  # fmt: skip
    """Blocks ``start`` to ``stop`` of images of P rows, whose targets are classes y or probabilities t.

    The loss is one number a row, or, unless ``each`` is wanted, one a block.
    """
    P, C, image, row, step, t_image, t_row, t_step, up_step = steps
    ignore, z_loss = options[1], options[3]
    zero, blocks = number(0, stored), -(-P // BLOCK)
    block = slice_at(scratch_at, 0, (C + LESS + 1) * BLOCK, zero)
    sums_at = scratch_at + block.size * width(block)
    targets = slice_at(sums_at + SUMS * BLOCK * 8, 0, C * BLOCK, zero)
    room = slice_at(sums_at + SUMS * BLOCK * 8 + targets.size * width(block), 0, C * BLOCK, stored)
    for b in range(start, stop):
        which, first = b // blocks, b % blocks * BLOCK
        n, r = min(BLOCK, P - first), which * P + first
        load(x_at, which * image + first * row, row, step, apart, n, C, block, stored)
        y = slice_at(0 if y_at is None else y_at, r, n, i8(0))
        if t_at is None:
            choose(y, ignore, C, block)
        else:
            load(t_at, which * t_image + first * t_row, t_row, t_step, apart, n, C, targets, stored)
        sum_up(block, targets, t_at, weight_at, eps, n, C, sums_at, zero)
        up, at = slice_at(up_at, r * up_step, n, f8(0)), r if options[0] else b
        loss, z = slice_at(loss_at, at, n, f8(0)), slice_at(z_at, at, n, f8(0))
        if t_at is None and eps is None and not z_loss:
            weigh_classes(block, y, weight_at, C, options, up, up_step, loss, zero)
        else:
            weigh(block, y, t_at, weight_at, eps, C, options, up, up_step, loss, z, sums_at, grad_at != 0, zero)
        if grad_at:
            differentiate(block, y, targets, t_at, weight_at, eps, ignore, n, C, zero)
            store(
                block,
                n,
                C,
                grad_at,
                r * C if grad_apart is None else which * P * C + first,
                P,
                grad_apart,
                room,
                past,
                stored,
            )
    settle()


@kernel()
def share_columns(arguments, scratch, start, stop, openmp):
    """:func:`columns`, in pieces, by OpenMP threads."""
    parallel_for(columns, arguments, scratch, start, stop, openmp)


@jit()
def load(x_at, at, row, step, apart, n, C, block, stored):
    """What n rows have of each class, as columns of the block."""
    if apart is None:
        x = slice_at(x_at, at, n * row, stored)
        turn(x, row, n, C, block)
        fetch(x, AHEAD)
    else:
        for i in range(C):
            widen_all(slice_at(x_at, at + i * step, n, stored), column(block, i, n))


@jit()
def store(block, n, C, grad_at, at, step, apart, room, past, stored):
    """Columns of the block as the gradient."""
    if apart is None:
        out = slice_at(grad_at, at, n * C, stored)
        place = place_for(out, room, past)
        turn_back(block, n, C, place, stored)
        if past is not None:
            hand_out(place, out)
    else:
        for i in range(C):
            out = slice_at(grad_at, at + i * step, n, stored)
            place = place_for(out, room, past)
            narrow_all(column(block, i, n), place, stored)
            if past is not None:
                hand_out(place, out)


@jit()
def widen_all(x, out):
    """Out = x, in the dtype to compute in."""
    widest()
    for j in range(out.size):
        out[j] = widen(x[j])


@jit()
def narrow_all(x, out, stored):
    """Out = x, in the dtype to store."""
    widest()
    for j in range(out.size):
        out[j] = narrow(x[j], stored)


@jit()
def choose(y, ignore, C, block):
    """The logits of the classes."""
    x_y = column(block, C + OF_Y, y.size)
    for j in range(y.size):
        x_y[j] = block[(y[j] if y[j] != ignore else 0) * BLOCK + j]


@jit()
def sum_up(block, targets, t_at, weight_at, eps, n, C, sums_at, zero):
    """Of each row the greatest logit c, S − 1 and its logarithm; with targets or smoothing Σ t′ · (c − x) and Σ t′.

    The logits become exps. Sums are float64 beyond 64 classes.
    """
    m = (n + 15) // 16 * 16  # whole vectors
    c, s, equal = column(block, C + TOP, m), column(block, C + REST, m), column(block, C + EQUAL, m)
    gaps, weights = column(block, C + GAPS, m), column(block, C + WEIGHTS, m)
    rest, all_gaps, all_weights = sums_of(sums_at)
    for j in range(m):
        c[j], s[j], equal[j], gaps[j], weights[j] = -np.inf, 0, -1, 0, 0
        rest[j], all_gaps[j], all_weights[j] = 0, 0, 0
    for i in range(C):
        turned_max(column(block, i, m), c)
    near, part = number(1 if eps is None else 1 - eps, zero), number(0 if eps is None else eps / C, zero)
    for i in range(C):
        x, w = column(block, i, m), number(1, zero)
        if weight_at is not None:
            w = slice_at(weight_at, i, 1, zero)[0]
        if t_at is not None:
            add_targets(column(targets, i, m), near, part, w, x, c, gaps, weights, zero)
        elif eps is not None:
            add_gaps(w, x, c, gaps, zero)
        turned_exps(x, c, s, equal, zero, number(1, zero))
        if i % FEW == FEW - 1 or i == C - 1:
            fold(s, rest)
            fold(gaps, all_gaps)
            fold(weights, all_weights)
    take_logs(c, rest, equal, s, column(block, C + LOG, m), zero)


@jit()
def sums_of(sums_at):
    """Of the rows of a block S − 1, Σ t′ · (c − x) and Σ t′, in float64."""
    zero = f8(0)
    return (
        slice_at(sums_at, 0, BLOCK, zero),
        slice_at(sums_at, BLOCK, BLOCK, zero),
        slice_at(sums_at, 2 * BLOCK, BLOCK, zero),
    )


@jit("contract")
def add_targets(t, near, part, w, x, c, gaps, weights, zero):
    """Those of a class, t′ = (near · t + part) · w: written in the place of t; one of 0 costs 0, also at x = −∞."""
    widest()
    for j in range(x.size):
        v = (near * t[j] + part) * w
        t[j] = v
        weights[j] += v
        gaps[j] += zero if v == zero else v * (c[j] - x[j])


@jit("contract")
def add_gaps(w, x, c, gaps, zero):
    """W · (c − x); a weight of 0 makes it 0, also where x is −∞."""
    widest()
    for j in range(x.size):
        gaps[j] += zero if w == zero else w * (c[j] - x[j])


@jit()
def fold(x, total):
    """Add what was added up so far to a float64."""
    widest()
    for j in range(x.size):
        total[j] += x[j]
        x[j] = 0


@jit("contract")
def take_logs(c, rest, equal, s, logs, zero):
    """S − 1, nan where c is not finite, and log S."""
    widest()
    for j in range(c.size):
        s[j] = number(rest[j], zero) + equal[j] + (c[j] - c[j])
        logs[j] = log1p(s[j])


@jit()
def weigh_classes(block, y, weight_at, C, options, up, up_step, loss, zero):
    """:func:`weigh` without smoothing and z-loss."""
    each, ignore, _, _, scale, _ = options
    n = y.size
    m = (n + 15) // 16 * 16
    a, e_y, g = column(block, C + WEIGHTS, m), column(block, C + GAPS, m), column(block, C + EQUAL, m)
    for j in range(n):
        k = y[j] if y[j] != ignore else 0
        w = number(1, zero)
        if weight_at is not None:
            w = slice_at(weight_at, k, 1, zero)[0]
        a[j], e_y[j], g[j] = w if y[j] != ignore else zero, block[k * BLOCK + j], up[j * up_step] * scale
    for j in range(n, m):
        a[j] = 0
    c, s, logs = column(block, C + TOP, m), column(block, C + REST, m), column(block, C + LOG, m)
    of_y, factor, costs = column(block, C + OF_Y, m), column(block, C + FACTOR, m), column(block, C + LESS, m)
    weigh_all(c, s, logs, a, e_y, g, of_y, factor, costs, number(1, zero), zero)
    if each:
        for j in range(n):
            loss[j] = costs[j]
    else:
        loss[0] = add_up(costs, zero)


@jit("reassoc")
def add_up(x, zero):
    """Σ x."""
    widest()
    total = zero
    for j in range(x.size):
        total += x[j]
    return total


@jit("contract")
def weigh_all(c, s, logs, a, e_y, g, of_y, factor, costs, one, zero):
    """Of rows that weigh a, the losses, what their exps are multiplied by, and the gradients of y."""
    widest()
    for j in range(c.size):
        x_y, by = of_y[j], g[j] * a[j] / (one + s[j])
        costs[j], factor[j] = a[j] * ((c[j] - x_y) + logs[j]) if a[j] != zero else zero, by
        of_y[j] = -s[j] * by if x_y == c[j] else e_y[j] * by - (one + s[j]) * by


@jit()
def weigh(block, y, t_at, weight_at, eps, C, options, up, up_step, loss, z, sums_at, differentiates, zero):
    """The losses; and for each row what its exps are multiplied by, what is taken off, and the gradient of class y."""
    each, ignore, total, z_loss, scale, z_scale = options
    _, gaps, weights = sums_of(sums_at)
    n, costs, z_costs = y.size, 0.0, 0.0
    c, s, logs = column(block, C + TOP, n), column(block, C + REST, n), column(block, C + LOG, n)
    of_y, factor, less = column(block, C + OF_Y, n), column(block, C + FACTOR, n), column(block, C + LESS, n)
    for j in range(n):
        top, log_s, cost, z_cost, a, w, x_y = f8(c[j]), f8(logs[j]), 0.0, 0.0, 1.0, 1.0, f8(of_y[j])
        kept = t_at is not None or y[j] != ignore
        if t_at is not None:
            cost = gaps[j] + (weights[j] * log_s if weights[j] != 0 else 0.0)
        elif kept:
            if weight_at is not None:
                a = w = f8(slice_at(weight_at, y[j], 1, zero)[0])
            if eps is not None:
                a *= 1 - eps
            cost = a * ((top - x_y) + log_s) if a else 0.0
            if eps is not None:
                cost += eps / C * (gaps[j] + total * log_s)
        if z_loss and kept:
            z_cost = z_loss * (top + log_s) ** 2
        costs += cost
        z_costs += z_cost
        if each:
            loss[j] = cost
            if z_loss:
                z[j] = z_cost
        if differentiates and kept:
            g, share = up[j * up_step], 1 / (1 + f8(s[j]))
            pull = g * z_scale * 2 * z_loss * (top + log_s) if z_loss else 0.0
            g *= scale
            if t_at is not None:
                factor[j], less[j] = (g * weights[j] + pull) * share, g
            else:
                spread, p = 0.0, f8(block[y[j] * BLOCK + j]) * share
                if eps is not None:
                    spread = g * eps / C
                factor[j], less[j] = (g * a + pull + spread * total) * share, spread
                of_y[j] = g * a * (-f8(s[j]) * share if x_y == top else p - 1) + pull * p + spread * (total * p - w)
    if not each:
        loss[0] = costs
        if z_loss:
            z[0] = z_costs


@jit()
def differentiate(block, y, targets, t_at, weight_at, eps, ignore, n, C, zero):
    """The block of exps becomes the block of gradients."""
    m = (n + 15) // 16 * 16
    factor, less, of_y = column(block, C + FACTOR, m), column(block, C + LESS, m), column(block, C + OF_Y, m)
    for i in range(C):
        x = column(block, i, m)
        if t_at is not None:
            scale_less_targets(x, factor, less, column(targets, i, m))
        elif eps is None:
            scale_turned(x, factor)
        elif weight_at is None:
            scale_less(x, factor, less, number(1, zero))
        else:
            scale_less(x, factor, less, slice_at(weight_at, i, 1, zero)[0])
    if t_at is None:
        for j in range(n):
            if y[j] != ignore:
                block[y[j] * BLOCK + j] = of_y[j]
            else:
                for i in range(C):
                    block[i * BLOCK + j] = 0  # whatever the row holds


@jit("contract")
def scale_less(x, factor, less, w):
    """X · factor − less · w, in place."""
    widest()
    for j in range(x.size):
        x[j] = x[j] * factor[j] - less[j] * w


@jit("contract")
def scale_less_targets(x, factor, less, t):
    """X · factor − less · t′, in place."""
    widest()
    for j in range(x.size):
        x[j] = x[j] * factor[j] - less[j] * t[j]
