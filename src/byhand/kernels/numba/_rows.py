"""Cross-entropy a row at a time: of classes, and of class probabilities."""

from __future__ import annotations

import math

from byhand.kernels.numba._jit import jit
from byhand.kernels.numba._math import f8
from byhand.kernels.numba._memory import narrow, number, slice_at, span, widen, widest
from byhand.kernels.numba._softmax import RUN, row_sum
from byhand.kernels.numba._stream import hand_out, hand_out_multiples, multiplies, place_for, settle


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
def classes(x_at, stored, y, weight, eps, options, up, loss, z, past, grad_at, scratch, start, stop):
    """Rows ``start`` to ``stop``, a row at a time; ``up`` is the upstream gradient, of one number or one a row.

    What is None is not compiled: the weights, the smoothing, or the way ``past`` the caches. The gradient may take
    the place of the logits. ``scratch``, one for each thread, has room for :func:`scratch_size` numbers.
    """
    C, step, ignore, total, z_loss, scale, z_scale = options
    zero = number(0, stored)
    runs = -(-C // RUN)
    kept, tops = span(scratch, 0, C), span(scratch, C, C + runs)
    room = slice_at(scratch.ctypes.data + (C + runs) * scratch.itemsize, 0, RUN, stored)
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
        if weight is not None:
            a = w = f8(weight[y[r]])
        if eps is not None:
            a *= 1 - eps
        loss[r] = a * ((c - x_y) + log_s) if a else 0.0
        if eps is not None:
            loss[r] += eps / C * (row_gap(x, c, weight, zero) + total * log_s)
        if z_loss:
            z[r] = z_loss * (c + log_s) ** 2
        if grad_at:
            g = up[r if up.size > 1 else 0]
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
                if weight is None:
                    write_smooth_grad(span(kept, j, k), by, number(spread, zero), None, place, stored)
                else:
                    write_smooth_grad(span(kept, j, k), by, number(spread, zero), span(weight, j, k), place, stored)
                if at < place.size:
                    place[at] = narrow(number(of_y, zero), stored)
                if past is not None:
                    hand_out(place, span(out, j, k))
    settle()


@jit()
def row_gap(x, c, weight, zero):
    """Σ w · (c − x) of a row, in float64 beyond runs."""
    total = 0.0
    for i in range(0, x.size, RUN):
        run = span(x, i, i + RUN)
        if weight is None:
            total += gap(run, c, zero)
        else:
            total += weighted_gap(run, c, span(weight, i, i + RUN), zero)
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
def probabilities(x_at, stored, t_at, weight, options, up, loss, z, past, grad_at, scratch, start, stop):
    """Rows ``start`` to ``stop``, their targets being class probabilities of the same dtype."""
    C, step, t_step, eps, z_loss, scale, z_scale = options
    zero, near, part = number(0, stored), number(1 - eps, stored), number(eps / C, stored)
    runs = -(-C // RUN)
    kept, tops = span(scratch, 0, C), span(scratch, C, C + runs)
    room = slice_at(scratch.ctypes.data + (C + runs) * scratch.itemsize, 0, RUN, stored)
    grad_step = step if grad_at == x_at else C
    for r in range(start, stop):
        x, t = slice_at(x_at, r * step, C, stored), slice_at(t_at, r * t_step, C, stored)
        c, s = row_sum(x, 1.0, tops, kept, grad_at != 0, zero)
        log_s = math.log1p(s)
        total, gaps = 0.0, 0.0
        for i in range(0, C, RUN):
            if weight is None:
                more, further = weigh(span(x, i, i + RUN), span(t, i, i + RUN), None, near, part, c, zero)
            else:
                more, further = weigh(
                    span(x, i, i + RUN), span(t, i, i + RUN), span(weight, i, i + RUN), near, part, c, zero
                )
            total += more
            gaps += further
        loss[r] = gaps + (total * log_s if total != 0 else 0.0)
        if z_loss:
            z[r] = z_loss * (c + log_s) ** 2
        if grad_at:
            g = up[r if up.size > 1 else 0]
            factor = (g * scale * total + g * z_scale * 2 * z_loss * (c + log_s)) / (1 + s)
            out = slice_at(grad_at, r * grad_step, C, stored)
            for i in range(tops.size):
                j, k = i * RUN, min((i + 1) * RUN, C)
                place = place_for(span(out, j, k), room, past)
                by, less = number(factor * math.exp(f8(tops[i]) - f8(c)), zero), number(g * scale, zero)
                if weight is None:
                    write_soft_grad(span(kept, j, k), by, less, span(t, j, k), None, near, part, place, stored)
                else:
                    write_soft_grad(
                        span(kept, j, k), by, less, span(t, j, k), span(weight, j, k), near, part, place, stored
                    )
                if past is not None:
                    hand_out(place, span(out, j, k))
    settle()
