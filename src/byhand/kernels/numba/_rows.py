"""Cross-entropy a row at a time: of classes, and of class probabilities."""

from __future__ import annotations

import math

import numpy as np

from byhand.kernels.numba._jit import jit
from byhand.kernels.numba._memory import narrow, number, slice_at, widen, widest
from byhand.kernels.numba._softmax import RUN, row_sum


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
def classes(x_at, stored, y, weight, eps, options, up, loss, z, grad_at, start, stop):
    """Rows ``start`` to ``stop``, a row at a time; ``up`` is the upstream gradient, of one number or one a row.

    What is None, the weights or the smoothing, is not compiled. The gradient may take the place of the logits.
    """
    C, step, ignore, total, z_loss, scale, z_scale = options
    zero = number(0, stored)
    kept, tops = np.empty(C if grad_at else 0, type(zero)), np.empty(-(-C // RUN), type(zero))
    grad_step = step if grad_at == x_at else C
    for r in range(start, stop):
        if y[r] == ignore:
            loss[r] = z[r] = 0
            if grad_at:
                slice_at(grad_at, r * grad_step, C, stored)[:] = narrow(zero, stored)
            continue
        x = slice_at(x_at, r * step, C, stored)
        c, s = row_sum(x, number(1, zero), tops, kept, grad_at != 0, zero)
        log_s, x_y = math.log1p(s), float(widen(x[y[r]]))
        a = w = 1.0
        if weight is not None:
            a = w = float(weight[y[r]])
        if eps is not None:
            a *= 1 - eps
        loss[r] = a * ((c - x_y) + log_s) if a else 0.0
        if eps is not None:
            loss[r] += eps / C * (row_gap(x, c, weight, zero) + total * log_s)
        z[r] = z_loss * (c + log_s) ** 2
        if grad_at:
            g = up[r if up.size > 1 else 0]
            pull = g * z_scale * 2 * z_loss * (c + log_s)
            out = slice_at(grad_at, r * grad_step, C, stored)
            p = math.exp(x_y - c) / (1 + s)
            p_less_1 = -s / (1 + s) if x_y == c else p - 1
            of_y = g * scale * a * p_less_1 + pull * p
            if eps is None:
                write_grad(kept, number((g * scale * a + pull) / (1 + s), zero), out, stored)
            else:
                spread = g * scale * eps / C
                factor = (g * scale * a + spread * total + pull) / (1 + s)
                write_smooth_grad(kept, number(factor, zero), number(spread, zero), weight, out, stored)
                of_y += spread * (total * p - w)
            out[y[r]] = narrow(number(of_y, zero), stored)


@jit()
def row_gap(x, c, weight, zero):
    """Σ w · (c − x) of a row, in float64 beyond runs."""
    total = 0.0
    for i in range(0, x.size, RUN):
        run = x[i : i + RUN]
        if weight is None:
            total += gap(run, c, zero)
        else:
            total += weighted_gap(run, c, weight[i : i + RUN], zero)
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
def probabilities(x_at, stored, t_at, weight, options, up, loss, z, grad_at, start, stop):
    """Rows ``start`` to ``stop``, their targets being class probabilities of the same dtype."""
    C, step, t_step, eps, z_loss, scale, z_scale = options
    zero, near, share = number(0, stored), number(1 - eps, stored), number(eps / C, stored)
    kept, tops = np.empty(C if grad_at else 0, type(zero)), np.empty(-(-C // RUN), type(zero))
    grad_step = step if grad_at == x_at else C
    for r in range(start, stop):
        x, t = slice_at(x_at, r * step, C, stored), slice_at(t_at, r * t_step, C, stored)
        c, s = row_sum(x, number(1, zero), tops, kept, grad_at != 0, zero)
        log_s = math.log1p(s)
        total, gaps = 0.0, 0.0
        for i in range(0, C, RUN):
            if weight is None:
                more, further = weigh(x[i : i + RUN], t[i : i + RUN], None, near, share, c, zero)
            else:
                more, further = weigh(x[i : i + RUN], t[i : i + RUN], weight[i : i + RUN], near, share, c, zero)
            total += more
            gaps += further
        loss[r] = gaps + (total * log_s if total != 0 else 0.0)
        z[r] = z_loss * (c + log_s) ** 2
        if grad_at:
            g = up[r if up.size > 1 else 0]
            factor = (g * scale * total + g * z_scale * 2 * z_loss * (c + log_s)) / (1 + s)
            out = slice_at(grad_at, r * grad_step, C, stored)
            write_soft_grad(kept, number(factor, zero), number(g * scale, zero), t, weight, near, share, out, stored)
