"""Cross-entropy with SIMD across rows and all options: for few classes, and for channels-first images.

As in :mod:`byhand.kernels.numba.losses.few_classes`, which has no options, a block of rows is stored by columns: the
logits of one class are contiguous, so that SIMD runs across the rows. Images (N, C, d₁, …) have this order in memory,
if they are channels-first; rows of few classes are transposed. Code for optional arguments that are None is not
compiled.

As in :mod:`byhand.kernels.numba.cross_entropy`, c is the greatest logit of a row and S its sum of exps. t′ is a target
after smoothing and weighting.
"""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba.losses.block import (
    CLASS,
    EQUAL,
    FACTOR,
    GAPS,
    LOG,
    OF_Y,
    OFFSET,
    REST,
    SUMS,
    TOP,
    WEIGHTS,
    fill,
    float64_columns,
    load_rows,
    move_sums,
    store_grad,
    total_of,
)
from byhand.kernels.numba.losses.few_classes import BLOCK, FEW, column, replace_by_exps, scale_column, update_max
from byhand.kernels.numba.losses.soft_columns import (
    add_targets,
    differentiate_targets,
    scale_and_subtract_targets,
    soft_losses_and_factors,
)
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import f8, i8, log1p
from byhand.kernels.numba.runtime.memory import number, slice_at, widest_vectors
from byhand.kernels.numba.runtime.openmp import parallel_for
from byhand.kernels.numba.runtime.stores import itemsize, store_fence

COMPARED = 8  # classes up to which that of each row is found by SIMD comparisons with all of them


@jit()
def columns(
    x_at, stored, y_at, t_at, weight_at, eps, channels_first, targets_first, grad_channels_first, steps, options,
    up_at, loss_at, z_at, nontemporal, grad_at, target_grad_at, scratch_at, start, stop,
):  # fmt: skip
    """Blocks ``start`` to ``stop`` of images of P rows; the targets are classes y or probabilities t.

    The losses are written one for each row if the option ``each`` is set, and else one for each block.
    """
    P, C, image_step, row, step, t_image, t_row, t_step, up_step = steps
    ignore, z_loss = options[1], options[3]
    zero, blocks = number(0, stored), -(-P // BLOCK)
    block = slice_at(scratch_at, 0, (C + CLASS + 1) * BLOCK, zero)
    sums_at = scratch_at + block.size * itemsize(block)
    targets = slice_at(sums_at + SUMS * BLOCK * 8, 0, C * BLOCK, zero)
    buffer = slice_at(sums_at + SUMS * BLOCK * 8 + targets.size * itemsize(block), 0, C * BLOCK, stored)
    for b in range(start, stop):
        image_index, first = b // blocks, b % blocks * BLOCK
        n, r = min(BLOCK, P - first), image_index * P + first
        load_rows(x_at, image_index * image_step + first * row, row, step, channels_first, n, C, block, stored)
        y = slice_at(0 if y_at is None else y_at, r, n, i8(0))
        if t_at is None:
            copy_target_logits(y, ignore, C, block, zero)
        else:
            load_rows(t_at, image_index * t_image + first * t_row, t_row, t_step, targets_first, n, C, targets, stored)
        sum_rows(block, targets, t_at, weight_at, eps, n, C, sums_at, zero)
        up, place = slice_at(up_at, r * up_step, n, f8(0)), r if options[0] else b
        loss, z = slice_at(loss_at, place, n, f8(0)), slice_at(z_at, place, n, f8(0))
        differentiates = grad_at != 0 or target_grad_at is not None
        if t_at is None and eps is None and not z_loss:
            class_losses_and_factors(block, y, weight_at, C, options, up, up_step, loss, differentiates, zero)
        elif t_at is not None and not z_loss:
            soft_losses_and_factors(block, n, C, options, up, up_step, loss, sums_at, differentiates, zero)
        else:
            losses_and_factors(
                block, y, t_at, weight_at, eps, C, options, up, up_step, loss, z, sums_at, differentiates, zero
            )
        at = r * C if grad_channels_first is None else image_index * P * C + first
        if grad_at:
            differentiate(block, y, targets, t_at, weight_at, eps, ignore, n, C, zero)
            store_grad(block, n, C, grad_at, at, P, grad_channels_first, buffer, nontemporal, stored)
        if target_grad_at is not None:
            load_rows(x_at, image_index * image_step + first * row, row, step, channels_first, n, C, block, stored)
            differentiate_targets(block, targets, weight_at, eps, n, C, zero)
            store_grad(block, n, C, target_grad_at, at, P, grad_channels_first, buffer, nontemporal, stored)
    store_fence()


@kernel()
def parallel_columns(arguments, scratch, start, stop, openmp):
    """:func:`columns`, in threads."""
    parallel_for(columns, arguments, scratch, start, stop, openmp)


@jit()
def copy_target_logits(y, ignore, C, block, zero):
    """Copy the logit of each row's target class to its own column; that of an ignored row is undefined."""
    x_y = column(block, C + OF_Y, y.size)
    if C <= COMPARED:
        k = column(block, C + CLASS, y.size)
        for j in range(y.size):
            k[j] = number(y[j] if y[j] != ignore else -1, zero)
        fill(x_y, zero)
        for i in range(C):
            add_where_class(column(block, i, y.size), k, number(i, zero), x_y, zero)
        return
    for j in range(y.size):
        x_y[j] = block[(y[j] if y[j] != ignore else 0) * BLOCK + j]


@jit()
def add_where_class(x, k, i, out, zero):
    """Add x to ``out`` in rows of class i. To copy it there would take masked stores, which are slow."""
    widest_vectors()
    for j in range(out.size):
        out[j] += x[j] if k[j] == i else zero


@jit()
def sum_rows(block, targets, t_at, weight_at, eps, n, C, sums_at, zero):
    """Compute c, S − 1 and log S of each row; with targets or smoothing also Σ t′ · (c − x) and Σ t′.

    The logits are replaced by their exps. Sums go from the compute dtype to float64 every 64 classes.
    """
    m = (n + 15) // 16 * 16  # whole vectors
    c, s, equal = column(block, C + TOP, m), column(block, C + REST, m), column(block, C + EQUAL, m)
    gaps, weights = column(block, C + GAPS, m), column(block, C + WEIGHTS, m)
    rest, all_gaps, all_weights = float64_columns(sums_at)
    fill(c, number(-np.inf, zero))
    fill(equal, number(-1, zero))
    fill(s, zero)
    fill(rest, 0.0)
    if t_at is not None:
        clear(gaps, all_gaps, weights, all_weights, zero)
    elif eps is not None:
        clear(gaps, all_gaps, gaps, all_gaps, zero)
    for i in range(C):
        update_max(column(block, i, m), c)
    one_minus_eps = number(1 if eps is None else 1 - eps, zero)
    eps_per_class = number(0 if eps is None else eps / C, zero)
    for i in range(C):
        x, w = column(block, i, m), number(1, zero)
        if weight_at is not None:
            w = slice_at(weight_at, i, 1, zero)[0]
        if t_at is not None:
            add_targets(column(targets, i, m), one_minus_eps, eps_per_class, w, x, c, gaps, weights, zero)
        elif eps is not None:
            add_gaps(w, x, c, gaps, zero)
        replace_by_exps(x, c, s, equal, zero, number(1, zero))
        if i % FEW == FEW - 1 or i == C - 1:
            move_sums(s, rest)
            if t_at is not None:
                move_sums(gaps, all_gaps)
                move_sums(weights, all_weights)
            elif eps is not None:
                move_sums(gaps, all_gaps)
    finish_sums(c, rest, equal, s, column(block, C + LOG, m), zero)


@jit()
def clear(a, all_a, b, all_b, zero):
    """Set two sums to 0, and their float64 columns."""
    fill(a, zero)
    fill(b, zero)
    fill(all_a, 0.0)
    fill(all_b, 0.0)


@jit("contract")
def add_gaps(w, x, c, gaps, zero):
    """Add w · (c − x) to ``gaps``; a weight of 0 makes it 0, even if x is −∞."""
    widest_vectors()
    for j in range(x.size):
        gaps[j] += zero if w == zero else w * (c[j] - x[j])


@jit("contract")
def finish_sums(c, rest, equal, s, logs, zero):
    """Compute S − 1, which is nan where c is not finite, and log S."""
    widest_vectors()
    for j in range(c.size):
        s[j] = number(rest[j], zero) + equal[j] + (c[j] - c[j])
        logs[j] = log1p(s[j])


@jit()
def class_losses_and_factors(block, y, weight_at, C, options, up, up_step, loss, differentiates, zero):
    """As :func:`losses_and_factors`, without smoothing and z-loss, and with SIMD."""
    each, ignore, _, _, scale, _ = options
    n = y.size
    m = (n + 15) // 16 * 16
    a, e_y, g = column(block, C + WEIGHTS, m), column(block, C + GAPS, m), column(block, C + EQUAL, m)
    fill(a, zero)
    if C <= COMPARED:
        k = column(block, C + CLASS, n)
        fill(e_y, zero)
        for i in range(C):
            w = number(1, zero)
            if weight_at is not None:
                w = slice_at(weight_at, i, 1, zero)[0]
            weigh_where_class(k, number(i, zero), w, a, zero)
            if differentiates:
                add_where_class(column(block, i, n), k, number(i, zero), e_y, zero)
    else:
        for j in range(n):
            of_class = y[j] if y[j] != ignore else 0
            w = number(1, zero)
            if weight_at is not None:
                w = slice_at(weight_at, of_class, 1, zero)[0]
            a[j], e_y[j] = w if y[j] != ignore else zero, block[of_class * BLOCK + j]
    if differentiates:
        for j in range(n):
            g[j] = up[j * up_step] * scale
    c, s, logs = column(block, C + TOP, m), column(block, C + REST, m), column(block, C + LOG, m)
    of_y, factor, costs = column(block, C + OF_Y, m), column(block, C + FACTOR, m), column(block, C + OFFSET, m)
    class_losses(c, logs, a, of_y, costs, zero)
    if differentiates:
        class_factors(c, s, a, e_y, g, of_y, factor, number(1, zero))
    if each:
        for j in range(n):
            loss[j] = costs[j]
    else:
        loss[0] = total_of(costs, zero)


@jit()
def weigh_where_class(k, i, w, a, zero):
    """Add w to ``a`` in rows of class i."""
    widest_vectors()
    for j in range(k.size):
        a[j] += w if k[j] == i else zero


@jit("contract")
def class_losses(c, logs, a, x_y, costs, zero):
    """The losses of rows of weight a."""
    widest_vectors()
    for j in range(c.size):
        costs[j] = a[j] * ((c[j] - x_y[j]) + logs[j]) if a[j] != zero else zero


@jit("contract")
def class_factors(c, s, a, e_y, g, of_y, factor, one):
    """For rows of weight a: the factors of the exps, and the gradients of the target classes."""
    widest_vectors()
    for j in range(c.size):
        x_y, by = of_y[j], g[j] * a[j] / (one + s[j])
        factor[j] = by
        of_y[j] = -s[j] * by if x_y == c[j] else e_y[j] * by - (one + s[j]) * by


@jit()
def losses_and_factors(block, y, t_at, weight_at, eps, C, options, up, up_step, loss, z, sums_at, differentiates, zero):
    """The losses; and for each row the two factors of its gradient, and the gradient of its target class."""
    each, ignore, total, z_loss, scale, z_scale = options
    _, gaps, weights = float64_columns(sums_at)
    n, costs, z_costs = y.size, 0.0, 0.0
    c, s, logs = column(block, C + TOP, n), column(block, C + REST, n), column(block, C + LOG, n)
    of_y, factor, offset = column(block, C + OF_Y, n), column(block, C + FACTOR, n), column(block, C + OFFSET, n)
    for j in range(n):
        top, log_s, cost, z_cost, a, w, x_y = f8(c[j]), f8(logs[j]), 0.0, 0.0, 1.0, 1.0, f8(of_y[j])
        counted = t_at is not None or y[j] != ignore
        if t_at is not None:
            cost = gaps[j] + (weights[j] * log_s if weights[j] != 0 else 0.0)
        elif counted:
            if weight_at is not None:
                a = w = f8(slice_at(weight_at, y[j], 1, zero)[0])
            if eps is not None:
                a *= 1 - eps
            cost = a * ((top - x_y) + log_s) if a else 0.0
            if eps is not None:
                cost += eps / C * (gaps[j] + total * log_s)
        if z_loss and counted:
            z_cost = z_loss * (top + log_s) ** 2
        costs += cost
        z_costs += z_cost
        if each:
            loss[j] = cost
            if z_loss:
                z[j] = z_cost
        if differentiates and counted:
            g, inverse_s = up[j * up_step], 1 / (1 + f8(s[j]))
            z_slope = g * z_scale * 2 * z_loss * (top + log_s) if z_loss else 0.0
            g *= scale
            if t_at is not None:
                factor[j], offset[j] = (g * weights[j] + z_slope) * inverse_s, g
            else:
                smoothing, p = 0.0, f8(block[y[j] * BLOCK + j]) * inverse_s
                if eps is not None:
                    smoothing = g * eps / C
                factor[j], offset[j] = (g * a + z_slope + smoothing * total) * inverse_s, smoothing
                of_y[j] = (
                    g * a * (-f8(s[j]) * inverse_s if x_y == top else p - 1) + z_slope * p + smoothing * (total * p - w)
                )
    if not each:
        loss[0] = costs
        if z_loss:
            z[0] = z_costs


@jit()
def differentiate(block, y, targets, t_at, weight_at, eps, ignore, n, C, zero):
    """Replace the exps of the block by the gradients."""
    m = (n + 15) // 16 * 16
    factor, offset, of_y = column(block, C + FACTOR, m), column(block, C + OFFSET, m), column(block, C + OF_Y, m)
    for i in range(C):
        x = column(block, i, m)
        if t_at is not None:
            scale_and_subtract_targets(x, factor, offset, column(targets, i, m))
        elif eps is None:
            scale_column(x, factor)
        elif weight_at is None:
            scale_and_subtract(x, factor, offset, number(1, zero))
        else:
            scale_and_subtract(x, factor, offset, slice_at(weight_at, i, 1, zero)[0])
    if t_at is None and C <= COMPARED:
        k = column(block, C + CLASS, n)
        for i in range(C):
            place_of_y(column(block, i, n), k, number(i, zero), of_y, zero)
    elif t_at is None:
        for j in range(n):
            if y[j] != ignore:
                block[y[j] * BLOCK + j] = of_y[j]
            else:
                for i in range(C):
                    block[i * BLOCK + j] = 0  # even if the row holds nan


@jit()
def place_of_y(x, k, i, of_y, zero):
    """X = the gradient of the target class in rows of class i; and 0 in ignored rows, even if they hold nan."""
    widest_vectors()
    for j in range(x.size):
        v = of_y[j] if k[j] == i else x[j]
        x[j] = zero if k[j] < zero else v


@jit("contract")
def scale_and_subtract(x, factor, offset, w):
    """X · factor − offset · w, in place."""
    widest_vectors()
    for j in range(x.size):
        x[j] = x[j] * factor[j] - offset[j] * w
