"""Cross-entropy a row at a time: of classes, and of class probabilities."""

from __future__ import annotations

import math

import numpy as np
from numba import types
from numba.extending import overload

from byhand.kernels.numba._jit import jit
from byhand.kernels.numba._memory import narrow, number, slice_at, widen
from byhand.kernels.numba._softmax import RUN, row_sum


@jit("reassoc", "contract")
def weighted_gap(x, c, weight, zero):
    """Σ w · (c − x); a weight of 0 makes a term 0, also where x is −∞."""
    total = zero
    for i in range(x.size):
        w = widen(weight[i])
        total += zero if w == 0 else w * (c - widen(x[i]))
    return total


@jit("reassoc", "contract")
def gap(x, c, zero):
    """Σ (c − x)."""
    total = zero
    for i in range(x.size):
        total += c - widen(x[i])
    return total


@jit("contract")
def write_grad(kept, scale, less, weight, out, stored):
    """Out = kept · scale − less · weight, or − less where there are no weights."""
    if less == 0:
        for i in range(out.size):
            out[i] = narrow(kept[i] * scale, stored)
    elif weight.size:
        for i in range(out.size):
            out[i] = narrow(kept[i] * scale - less * weight[i], stored)
    else:
        for i in range(out.size):
            out[i] = narrow(kept[i] * scale - less, stored)


@jit("contract")
def scale_grad(out, scale, less, weight):
    """The same in place; of two names for one memory the compiler would have to fear that they overlap."""
    if less == 0:
        for i in range(out.size):
            out[i] *= scale
    elif weight.size:
        for i in range(out.size):
            out[i] = out[i] * scale - less * weight[i]
    else:
        for i in range(out.size):
            out[i] = out[i] * scale - less


def finish_grad(kept, scale, less, weight, out, stored):
    """In a kernel: the gradient of a row from its exps, but for what only its class gets."""
    raise NotImplementedError


@overload(finish_grad)
def _finish_grad(kept, scale, less, weight, out, stored):
    if isinstance(out.dtype, types.Float):
        return lambda kept, scale, less, weight, out, stored: scale_grad(out, scale, less, weight)
    return lambda kept, scale, less, weight, out, stored: write_grad(kept, scale, less, weight, out, stored)


def place_of(out, scratch):
    """In a kernel: where a row's exps are kept: in the gradient's own place, if that can hold them."""
    raise NotImplementedError


@overload(place_of)
def _place_of(out, scratch):
    return (lambda out, scratch: out) if isinstance(out.dtype, types.Float) else (lambda out, scratch: scratch)


@jit()
def classes(x_at, stored, y, weight, options, up, loss, z, grad_at, start, stop):
    """Rows ``start`` to ``stop``, a row at a time; ``up`` is the upstream gradient, of one number or one a row.

    The gradient may take the place of the logits.
    """
    C, step, ignore, total, eps, z_loss, scale, z_scale = options
    zero = number(0, stored)
    scratch = np.empty(C if grad_at else 0, type(zero))
    tops = np.empty(-(-C // RUN), type(zero))
    in_place = grad_at == x_at
    for r in range(start, stop):
        out = slice_at(grad_at, r * (step if in_place else C), C if grad_at else 0, stored)
        if y[r] == ignore:
            loss[r] = z[r] = 0
            out[:] = narrow(zero, stored)
            continue
        x = slice_at(x_at, r * step, C, stored)
        kept = scratch if in_place else place_of(out, scratch)
        c, s = row_sum(x, number(1, zero), tops, kept, grad_at != 0, zero)
        log_s, x_y = math.log1p(s), float(widen(x[y[r]]))
        w = float(weight[y[r]]) if weight.size else 1.0
        a = (1 - eps) * w
        loss[r] = a * ((c - x_y) + log_s) if a else 0.0
        if eps:
            loss[r] += eps / C * (row_gap(x, c, weight, zero) + total * log_s)
        z[r] = z_loss * (c + log_s) ** 2
        if grad_at:
            g = up[r if up.size > 1 else 0]
            spread = g * scale * eps / C
            pull = g * z_scale * 2 * z_loss * (c + log_s)
            factor = (g * scale * a + spread * total + pull) / (1 + s)
            if in_place:
                write_grad(kept, number(factor, zero), number(spread, zero), weight, out, stored)
            else:
                finish_grad(kept, number(factor, zero), number(spread, zero), weight, out, stored)
            p = math.exp(x_y - c) / (1 + s)
            p_less_1 = -s / (1 + s) if x_y == c else p - 1
            out[y[r]] = narrow(number(g * scale * a * p_less_1 + spread * (total * p - w) + pull * p, zero), stored)


@jit()
def row_gap(x, c, weight, zero):
    """Σ w · (c − x) of a row, in float64 beyond runs."""
    total = 0.0
    for i in range(0, x.size, RUN):
        run = x[i : i + RUN]
        total += weighted_gap(run, c, weight[i : i + RUN], zero) if weight.size else gap(run, c, zero)
    return total


@jit("reassoc", "contract")
def weigh(x, t, weight, near, share, c, zero):
    """Σ t′ and Σ t′ · (c − x), t′ = (near · t + share) · w; a t′ of 0 makes a term 0, also where x is −∞."""
    total, gaps = zero, zero
    for i in range(x.size):
        v = near * widen(t[i]) + share
        v = v * weight[i] if weight.size else v
        total += v
        gaps += zero if v == 0 else v * (c - widen(x[i]))
    return total, gaps


@jit("contract")
def write_soft_grad(kept, factor, less, t, weight, near, share, out, stored):
    """Out = kept · factor − less · t′."""
    for i in range(out.size):
        v = near * widen(t[i]) + share
        v = v * weight[i] if weight.size else v
        out[i] = narrow(kept[i] * factor - less * v, stored)


@jit()
def probabilities(x_at, stored, t_at, weight, options, up, loss, z, grad_at, start, stop):
    """Rows ``start`` to ``stop``, their targets being class probabilities of the same dtype."""
    C, step, t_step, _, eps, z_loss, scale, z_scale = options
    zero, near, share = number(0, stored), number(1 - eps, stored), number(eps / C, stored)
    kept = np.empty(C, type(zero))
    tops = np.empty(-(-C // RUN), type(zero))
    for r in range(start, stop):
        x, t = slice_at(x_at, r * step, C, stored), slice_at(t_at, r * t_step, C, stored)
        c, s = row_sum(x, number(1, zero), tops, kept, grad_at != 0, zero)
        log_s = math.log1p(s)
        total, gaps = 0.0, 0.0
        for i in range(0, C, RUN):
            more, further = weigh(x[i : i + RUN], t[i : i + RUN], weight[i : i + RUN], near, share, c, zero)
            total += more
            gaps += further
        loss[r] = gaps + (total * log_s if total != 0 else 0.0)
        z[r] = z_loss * (c + log_s) ** 2
        if grad_at:
            g = up[r if up.size > 1 else 0]
            factor = (g * scale * total + g * z_scale * 2 * z_loss * (c + log_s)) / (1 + s)
            out = slice_at(grad_at, r * (step if grad_at == x_at else C), C, stored)
            write_soft_grad(kept, number(factor, zero), number(g * scale, zero), t, weight, near, share, out, stored)
