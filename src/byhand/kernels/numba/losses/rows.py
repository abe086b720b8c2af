"""Cross-entropy one row at a time; the targets are classes or class probabilities.

As in :mod:`byhand.kernels.numba.cross_entropy`, c is the greatest logit of a row and S its sum of exps.
"""

from __future__ import annotations

import math

import numpy as np

from byhand.kernels.numba.losses.softmax import RUN, row_sum
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import f8, i8
from byhand.kernels.numba.runtime.memory import narrow, number, slice_at, span, widen, widest_vectors
from byhand.kernels.numba.runtime.openmp import parallel_for
from byhand.kernels.numba.runtime.stores import (
    can_multiply,
    dest_for,
    itemsize,
    store_fence,
    store_multiples_nontemporal,
    store_nontemporal,
)


def scratch_size(C):
    """Numbers of scratch memory: a row's exps, the maxima of its runs, a staging buffer for a run of the gradient."""
    return C + -(-C // RUN) + RUN


@jit("reassoc", "contract")
def weighted_gap(x, c, weight, zero):
    """Σ w · (c − x); a weight of 0 makes a term 0, even if x is −∞."""
    widest_vectors()
    total = zero
    for i in range(x.size):
        w = widen(weight[i])
        total += zero if w == 0 else w * (c - widen(x[i]))
    return total


@jit("reassoc", "contract")
def gap(x, c, zero):
    """Σ (c − x)."""
    widest_vectors()
    total = zero
    for i in range(x.size):
        total += c - widen(x[i])
    return total


@jit("contract")
def write_grad(exps, factor, out, stored):
    """Out = exps · factor."""
    widest_vectors()
    for i in range(out.size):
        out[i] = narrow(exps[i] * factor, stored)


@jit()
def store_grad(exps, factor, at, of_y, out, buffer, nontemporal, stored):
    """Write a run of the gradient, exps · factor; element ``at`` becomes ``of_y``, if the run has it.

    Stores are non-temporal if ``nontemporal`` is not None.
    """
    if nontemporal is None:
        write_grad(exps, factor, out, stored)
        if at < out.size:
            out[at] = narrow(of_y, stored)
    elif can_multiply(stored):
        store_multiples_nontemporal(span(exps, 0, at), factor, span(out, 0, at))
        if at < out.size:
            out[at] = narrow(of_y, stored)
            store_multiples_nontemporal(span(exps, at + 1, out.size), factor, span(out, at + 1, out.size))
    else:
        dest = span(buffer, 0, out.size)
        write_grad(exps, factor, dest, stored)
        if at < out.size:
            dest[at] = narrow(of_y, stored)
        store_nontemporal(dest, out)


@jit("contract")
def write_smooth_grad(exps, factor, offset, weight, out, stored):
    """Out = exps · factor − offset · weight, where a weight of None counts as 1."""
    widest_vectors()
    if weight is None:
        for i in range(out.size):
            out[i] = narrow(exps[i] * factor - offset, stored)
    else:
        for i in range(out.size):
            out[i] = narrow(exps[i] * factor - offset * weight[i], stored)


@jit()
def classes(
    x_at, stored, y_at, weight_at, eps, options, up_at, loss_at, z_at, nontemporal, grad_at, _, scratch_at, start, stop
):
    """The losses of rows ``start`` to ``stop``, and their gradients; the targets are classes y.

    ``up_at`` is the address of the upstream gradients, one for all rows or one for each. Code for weights, smoothing
    and non-temporal stores is not compiled if the argument is None. The gradient may alias the logits. The scratch
    memory of each thread has :func:`scratch_size` numbers.
    """
    C, step, up_step, ignore, total, z_loss, scale, z_scale = options
    zero = number(0, stored)
    y, up = slice_at(y_at, 0, stop, i8(0)), slice_at(up_at, 0, stop, f8(0))
    loss, z = slice_at(loss_at, 0, stop, f8(0)), slice_at(z_at, 0, stop, f8(0))
    runs = -(-C // RUN)
    exps, maxima = slice_at(scratch_at, 0, C, zero), slice_at(scratch_at, C, runs, zero)
    buffer = slice_at(scratch_at + (C + runs) * itemsize(exps), 0, RUN, stored)
    grad_step = step if grad_at == x_at else C
    for r in range(start, stop):
        if y[r] == ignore:
            loss[r] = 0
            if z_loss:
                z[r] = 0
            if grad_at:
                slice_at(grad_at, r * grad_step, C, stored)[:] = narrow(zero, stored)
            continue
        x = slice_at(x_at, r * step, C, stored)
        c, s = row_sum(x, 1.0, maxima, exps, grad_at != 0, zero)
        log_s, x_y = math.log1p(s), f8(widen(x[y[r]]))
        a = w = 1.0
        if weight_at is not None:
            a = w = f8(slice_at(weight_at, y[r], 1, zero)[0])
        if eps is not None:
            a *= 1 - eps
        loss[r] = a * ((c - x_y) + log_s) if a else 0.0
        if eps is not None:
            loss[r] += eps / C * (row_gap(x, c, weight_at, zero) + total * log_s)
        if z_loss:
            z[r] = z_loss * (c + log_s) ** 2
        if grad_at:
            g = up[r * up_step]
            z_slope = g * z_scale * 2 * z_loss * (c + log_s)
            out = slice_at(grad_at, r * grad_step, C, stored)
            p = math.exp(x_y - c) / (1 + s)
            p_less_1 = -s / (1 + s) if x_y == c else p - 1
            of_y = g * scale * a * p_less_1 + z_slope * p
            factor, smoothing = g * scale * a + z_slope, 0.0
            if eps is not None:
                smoothing = g * scale * eps / C
                factor += smoothing * total
                of_y += smoothing * (total * p - w)
            for i in range(maxima.size):
                j, k = i * RUN, min((i + 1) * RUN, C)
                by = number(factor / (1 + s) * math.exp(f8(maxima[i]) - f8(c)), zero)
                at = y[r] - j if j <= y[r] < k else k - j
                if eps is None:
                    store_grad(
                        span(exps, j, k), by, at, number(of_y, zero), span(out, j, k), buffer, nontemporal, stored
                    )
                    continue
                dest = dest_for(span(out, j, k), buffer, nontemporal)
                if weight_at is None:
                    write_smooth_grad(span(exps, j, k), by, number(smoothing, zero), None, dest, stored)
                else:
                    w_run = slice_at(weight_at, j, k - j, zero)
                    write_smooth_grad(span(exps, j, k), by, number(smoothing, zero), w_run, dest, stored)
                if at < dest.size:
                    dest[at] = narrow(number(of_y, zero), stored)
                if nontemporal is not None:
                    store_nontemporal(dest, span(out, j, k))
    store_fence()


@kernel()
def parallel_classes(arguments, scratch, start, stop, openmp):
    """:func:`classes`, in threads."""
    parallel_for(classes, arguments, scratch, start, stop, openmp)


@jit()
def row_gap(x, c, weight_at, zero):
    """Σ w · (c − x) of a row, where the sums of runs are added in float64."""
    total = 0.0
    for i in range(0, x.size, RUN):
        run = span(x, i, i + RUN)
        if weight_at is None:
            total += gap(run, c, zero)
        else:
            total += weighted_gap(run, c, slice_at(weight_at, i, run.size, zero), zero)
    return total


@jit("reassoc", "contract")
def target_sums(x, t, weight, one_minus_eps, eps_per_class, c, zero):
    """Σ t′ and Σ t′ · (c − x), t′ = ((1 − ε) · t + ε / C) · w; a t′ of 0 makes a term 0, even if x is −∞."""
    widest_vectors()
    total, gaps = zero, zero
    for i in range(x.size):
        v = one_minus_eps * widen(t[i]) + eps_per_class
        if weight is not None:
            v = v * weight[i]
        total += v
        gaps += zero if v == 0 else v * (c - widen(x[i]))
    return total, gaps


@jit("contract")
def write_soft_grad(exps, factor, offset, t, weight, one_minus_eps, eps_per_class, out, stored):
    """Out = exps · factor − offset · t′."""
    widest_vectors()
    for i in range(out.size):
        v = one_minus_eps * widen(t[i]) + eps_per_class
        if weight is not None:
            v = v * weight[i]
        out[i] = narrow(exps[i] * factor - offset * v, stored)


@jit("contract")
def write_target_grad(x, c, log_s, g, t, weight, one_minus_eps, eps_per_class, out, stored):
    """Out = −(1 − ε) · g · w · log p, and 0 where p is 0 and t′ too."""
    widest_vectors()
    least, single_log_s = number(-np.inf, stored), number(log_s, stored)
    for i in range(out.size):
        log_p, by = (widen(x[i]) - c) - single_log_s, -one_minus_eps * g
        v = one_minus_eps * widen(t[i]) + eps_per_class
        if weight is not None:
            v, by = v * weight[i], by * weight[i]
        out[i] = narrow(number(0, stored) if log_p == least and v == 0 else log_p * by, stored)


@jit()
def probabilities(
    x_at, stored, t_at, weight_at, options, up_at, loss_at, z_at, nontemporal, grad_at, target_grad_at, scratch_at,
    start, stop,
):  # fmt: skip
    """As :func:`classes`; the targets are class probabilities t in the dtype of the logits."""
    C, step, up_step, t_step, eps, z_loss, scale, z_scale = options
    zero, one_minus_eps, eps_per_class = number(0, stored), number(1 - eps, stored), number(eps / C, stored)
    loss, z, up = slice_at(loss_at, 0, stop, f8(0)), slice_at(z_at, 0, stop, f8(0)), slice_at(up_at, 0, stop, f8(0))
    runs = -(-C // RUN)
    exps, maxima = slice_at(scratch_at, 0, C, zero), slice_at(scratch_at, C, runs, zero)
    buffer = slice_at(scratch_at + (C + runs) * itemsize(exps), 0, RUN, stored)
    grad_step = step if grad_at == x_at else C
    for r in range(start, stop):
        x, t = slice_at(x_at, r * step, C, stored), slice_at(t_at, r * t_step, C, stored)
        c, s = row_sum(x, 1.0, maxima, exps, grad_at != 0, zero)
        log_s = math.log1p(s)
        total, gaps = 0.0, 0.0
        for i in range(0, C, RUN):
            x_run, t_run = span(x, i, i + RUN), span(t, i, i + RUN)
            if weight_at is None:
                run_total, run_gaps = target_sums(x_run, t_run, None, one_minus_eps, eps_per_class, c, zero)
            else:
                w_run = slice_at(weight_at, i, x_run.size, zero)
                run_total, run_gaps = target_sums(x_run, t_run, w_run, one_minus_eps, eps_per_class, c, zero)
            total += run_total
            gaps += run_gaps
        loss[r] = gaps + (total * log_s if total != 0 else 0.0)
        if z_loss:
            z[r] = z_loss * (c + log_s) ** 2
        if grad_at:
            g = up[r * up_step]
            factor = (g * scale * total + g * z_scale * 2 * z_loss * (c + log_s)) / (1 + s)
            out = slice_at(grad_at, r * grad_step, C, stored)
            for i in range(maxima.size):
                j, k = i * RUN, min((i + 1) * RUN, C)
                dest = dest_for(span(out, j, k), buffer, nontemporal)
                by, offset = number(factor * math.exp(f8(maxima[i]) - f8(c)), zero), number(g * scale, zero)
                run, t_run = span(exps, j, k), span(t, j, k)
                if weight_at is None:
                    write_soft_grad(run, by, offset, t_run, None, one_minus_eps, eps_per_class, dest, stored)
                else:
                    w_run = slice_at(weight_at, j, k - j, zero)
                    write_soft_grad(run, by, offset, t_run, w_run, one_minus_eps, eps_per_class, dest, stored)
                if nontemporal is not None:
                    store_nontemporal(dest, span(out, j, k))
        if target_grad_at is not None:
            g, out = number(up[r * up_step] * scale, zero), slice_at(target_grad_at, r * C, C, stored)
            for i in range(0, C, RUN):
                x_run, t_run, out_run = span(x, i, i + RUN), span(t, i, i + RUN), span(out, i, i + RUN)
                dest = dest_for(out_run, buffer, nontemporal)
                if weight_at is None:
                    write_target_grad(x_run, c, log_s, g, t_run, None, one_minus_eps, eps_per_class, dest, stored)
                else:
                    w = slice_at(weight_at, i, x_run.size, zero)
                    write_target_grad(x_run, c, log_s, g, t_run, w, one_minus_eps, eps_per_class, dest, stored)
                if nontemporal is not None:
                    store_nontemporal(dest, out_run)
    store_fence()


@kernel()
def parallel_probabilities(arguments, scratch, start, stop, openmp):
    """:func:`probabilities`, in threads."""
    parallel_for(probabilities, arguments, scratch, start, stop, openmp)
