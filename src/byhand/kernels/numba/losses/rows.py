"""Cross-entropy a row at a time: of classes, and of class probabilities."""

from __future__ import annotations

import math

from byhand.kernels.numba.losses.softmax import RUN, row_sum
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import f8, i8
from byhand.kernels.numba.runtime.memory import narrow, number, slice_at, span, widen, widest
from byhand.kernels.numba.runtime.openmp import parallel_for
from byhand.kernels.numba.runtime.stores import hand_out, hand_out_multiples, multiplies, place_for, settle, width


def scratch_size(C):
    """Terms of a row, maxima of its runs, and a run on its way."""
    return C + -(-C // RUN) + RUN


@jit("reassoc", "contract")
def weighted_gap(x, c, weight, zero):
    """Σ w · (c − x); a weight of 0 makes a term 0, also where x is −∞."""
    widest()
    total = zero
    for i in range(x.size):
        w = widen(weight[i])
        total += zero if w == 0 else w * (c - widen(x[i]))
    return total


@jit("reassoc", "contract")
def gap(x, c, zero):
    """Σ (c − x)."""
    widest()
    total = zero
    for i in range(x.size):
        total += c - widen(x[i])
    return total


@jit("contract")
def write_grad(kept, factor, out, stored):
    """Out = kept · factor."""
    widest()
    for i in range(out.size):
        out[i] = narrow(kept[i] * factor, stored)


@jit()
def hand_out_grad(kept, factor, at, of_y, out, room, past, stored):
    """The same of a run, past the caches or not; but number ``at``, if there is one, is ``of_y``."""
    if past is None:
        write_grad(kept, factor, out, stored)
        if at < out.size:
            out[at] = narrow(of_y, stored)
    elif multiplies(stored):
        hand_out_multiples(span(kept, 0, at), factor, span(out, 0, at))
        if at < out.size:
            out[at] = narrow(of_y, stored)
            hand_out_multiples(span(kept, at + 1, out.size), factor, span(out, at + 1, out.size))
    else:
        place = span(room, 0, out.size)
        write_grad(kept, factor, place, stored)
        if at < out.size:
            place[at] = narrow(of_y, stored)
        hand_out(place, out)


@jit("contract")
def write_smooth_grad(kept, factor, less, weight, out, stored):
    """Out = kept · factor − less · weight, or − less where there are no weights."""
    widest()
    if weight is None:
        for i in range(out.size):
            out[i] = narrow(kept[i] * factor - less, stored)
    else:
        for i in range(out.size):
            out[i] = narrow(kept[i] * factor - less * weight[i], stored)


@jit()
def classes(x_at, stored, y_at, weight_at, eps, options, up_at, loss_at, z_at, past, grad_at, scratch_at, start, stop):
    """Rows ``start`` to ``stop``, a row at a time; ``up`` is the upstream gradient, of one number or one a row.

    What is None is not compiled: the weights, the smoothing, or the way ``past`` the caches. The gradient may take
    the place of the logits. The scratch, one for each thread, has room for :func:`scratch_size` numbers.
    """
    C, step, up_step, ignore, total, z_loss, scale, z_scale = options
    zero = number(0, stored)
    y, up = slice_at(y_at, 0, stop, i8(0)), slice_at(up_at, 0, stop, f8(0))
    loss, z = slice_at(loss_at, 0, stop, f8(0)), slice_at(z_at, 0, stop, f8(0))
    runs = -(-C // RUN)
    kept, tops = slice_at(scratch_at, 0, C, zero), slice_at(scratch_at, C, runs, zero)
    room = slice_at(scratch_at + (C + runs) * width(kept), 0, RUN, stored)
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
        c, s = row_sum(x, 1.0, tops, kept, grad_at != 0, zero)
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
            pull = g * z_scale * 2 * z_loss * (c + log_s)
            out = slice_at(grad_at, r * grad_step, C, stored)
            p = math.exp(x_y - c) / (1 + s)
            p_less_1 = -s / (1 + s) if x_y == c else p - 1
            of_y = g * scale * a * p_less_1 + pull * p
            factor, spread = g * scale * a + pull, 0.0
            if eps is not None:
                spread = g * scale * eps / C
                factor += spread * total
                of_y += spread * (total * p - w)
            for i in range(tops.size):
                j, k = i * RUN, min((i + 1) * RUN, C)
                by = number(factor / (1 + s) * math.exp(f8(tops[i]) - f8(c)), zero)
                at = y[r] - j if j <= y[r] < k else k - j
                if eps is None:
                    hand_out_grad(span(kept, j, k), by, at, number(of_y, zero), span(out, j, k), room, past, stored)
                    continue
                place = place_for(span(out, j, k), room, past)
                if weight_at is None:
                    write_smooth_grad(span(kept, j, k), by, number(spread, zero), None, place, stored)
                else:
                    w_run = slice_at(weight_at, j, k - j, zero)
                    write_smooth_grad(span(kept, j, k), by, number(spread, zero), w_run, place, stored)
                if at < place.size:
                    place[at] = narrow(number(of_y, zero), stored)
                if past is not None:
                    hand_out(place, span(out, j, k))
    settle()


@kernel()
def share_classes(arguments, scratch, start, stop, openmp):
    """:func:`classes`, in pieces, by OpenMP threads."""
    parallel_for(classes, arguments, scratch, start, stop, openmp)


@jit()
def row_gap(x, c, weight_at, zero):
    """Σ w · (c − x) of a row, in float64 beyond runs."""
    total = 0.0
    for i in range(0, x.size, RUN):
        run = span(x, i, i + RUN)
        if weight_at is None:
            total += gap(run, c, zero)
        else:
            total += weighted_gap(run, c, slice_at(weight_at, i, run.size, zero), zero)
    return total


@jit("reassoc", "contract")
def weigh(x, t, weight, near, share, c, zero):
    """Σ t′ and Σ t′ · (c − x), t′ = (near · t + share) · w; a t′ of 0 makes a term 0, also where x is −∞."""
    widest()
    total, gaps = zero, zero
    for i in range(x.size):
        v = near * widen(t[i]) + share
        if weight is not None:
            v = v * weight[i]
        total += v
        gaps += zero if v == 0 else v * (c - widen(x[i]))
    return total, gaps


@jit("contract")
def write_soft_grad(kept, factor, less, t, weight, near, share, out, stored):
    """Out = kept · factor − less · t′."""
    widest()
    for i in range(out.size):
        v = near * widen(t[i]) + share
        if weight is not None:
            v = v * weight[i]
        out[i] = narrow(kept[i] * factor - less * v, stored)


@jit()
def probabilities(x_at, stored, t_at, weight_at, options, up_at, loss_at, z_at, past, grad_at, scratch_at, start, stop):
    """Rows ``start`` to ``stop``, their targets being class probabilities of the same dtype."""
    C, step, up_step, t_step, eps, z_loss, scale, z_scale = options
    zero, near, part = number(0, stored), number(1 - eps, stored), number(eps / C, stored)
    loss, z, up = slice_at(loss_at, 0, stop, f8(0)), slice_at(z_at, 0, stop, f8(0)), slice_at(up_at, 0, stop, f8(0))
    runs = -(-C // RUN)
    kept, tops = slice_at(scratch_at, 0, C, zero), slice_at(scratch_at, C, runs, zero)
    room = slice_at(scratch_at + (C + runs) * width(kept), 0, RUN, stored)
    grad_step = step if grad_at == x_at else C
    for r in range(start, stop):
        x, t = slice_at(x_at, r * step, C, stored), slice_at(t_at, r * t_step, C, stored)
        c, s = row_sum(x, 1.0, tops, kept, grad_at != 0, zero)
        log_s = math.log1p(s)
        total, gaps = 0.0, 0.0
        for i in range(0, C, RUN):
            x_run, t_run = span(x, i, i + RUN), span(t, i, i + RUN)
            if weight_at is None:
                more, further = weigh(x_run, t_run, None, near, part, c, zero)
            else:
                w_run = slice_at(weight_at, i, x_run.size, zero)
                more, further = weigh(x_run, t_run, w_run, near, part, c, zero)
            total += more
            gaps += further
        loss[r] = gaps + (total * log_s if total != 0 else 0.0)
        if z_loss:
            z[r] = z_loss * (c + log_s) ** 2
        if grad_at:
            g = up[r * up_step]
            factor = (g * scale * total + g * z_scale * 2 * z_loss * (c + log_s)) / (1 + s)
            out = slice_at(grad_at, r * grad_step, C, stored)
            for i in range(tops.size):
                j, k = i * RUN, min((i + 1) * RUN, C)
                place = place_for(span(out, j, k), room, past)
                by, less = number(factor * math.exp(f8(tops[i]) - f8(c)), zero), number(g * scale, zero)
                run, t_run = span(kept, j, k), span(t, j, k)
                if weight_at is None:
                    write_soft_grad(run, by, less, t_run, None, near, part, place, stored)
                else:
                    w_run = slice_at(weight_at, j, k - j, zero)
                    write_soft_grad(run, by, less, t_run, w_run, near, part, place, stored)
                if past is not None:
                    hand_out(place, span(out, j, k))
    settle()


@kernel()
def share_probabilities(arguments, scratch, start, stop, openmp):
    """:func:`probabilities`, in pieces, by OpenMP threads."""
    parallel_for(probabilities, arguments, scratch, start, stop, openmp)
