"""KL divergence: :func:`byhand.losses.kl_divergence`, its gradients written in the forward pass.

For R rows of K numbers of b bytes, 2·R·K·b must be read, and R·K·b written for each gradient that is wanted; that is
what moves, for rows stay in the cache while they are needed.

Of rows that are normalised here the terms are p · φ(q / p), φ(t) = t − 1 − log t: the sum of q − p is 0, and none is
negative. With t = 1 + f near 1, φ = −f² · (log(1 + f) − f) / f² is a polynomial that begins with ½f², and with r =
log t it is exp r − 1 − r, another: no digit cancels where p ≈ q. Rows that are taken as they are have the plain terms,
p · log(p / q), with f = (q − p) / p where that is small.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from byhand.kernels.numba._jit import jit
from byhand.kernels.numba._math import expm1_less, full_exp, log_of_ratio, usual_log_of_ratio
from byhand.kernels.numba._memory import STORED, empty, narrow, number, rows_of, slice_at, why_not, widen
from byhand.kernels.numba._pool import parallel
from byhand.kernels.numba._softmax import RUN, row_sum

WORK = 1 << 15  # numbers that are worth a thread


@jit("reassoc", "contract")
def usual_terms(p, q, zero):
    """Σ p · log(p / q) of a run; void if the second number is negative."""
    total, wrong = zero, np.int32(0)
    for i in range(p.size):
        a = widen(p[i])
        log_t, odd = usual_log_of_ratio(a, widen(q[i]))
        total -= a * log_t
        wrong = np.int32(wrong | odd)
    return total, wrong


@jit("reassoc", "contract")
def any_terms(p, q, zero):
    """Σ p · log(p / q) of any run."""
    total = zero
    for i in range(p.size):
        a, b = widen(p[i]), widen(q[i])
        log_t, _, _ = log_of_ratio(a, b)
        total -= zero if a == zero else a * log_t
    return total


@jit()
def plain_terms(p, q, zero):
    """The same, the fast way where it goes."""
    total, wrong = usual_terms(p, q, zero)
    return any_terms(p, q, zero) if wrong < 0 else total


@jit("reassoc", "contract")
def normal_terms(p, q, by_p, by_q, zero):
    """Σ p · φ(q / p) of a run of p · by_p and q · by_q: none is negative."""
    total = zero
    for i in range(p.size):
        a, b = widen(p[i]) * by_p, widen(q[i]) * by_q
        log_t, phi, near = log_of_ratio(a, b)
        total += b if a == zero else (a * phi if near else (b - a) - a * log_t)
    return total


@jit("contract")
def probs_grads(p, q, by_p, by_q, to_p, less_p, to_q, less_q, grad_p, grad_q, zero, stored):
    """∂/∂p = to_p · (log(p / q) − less_p), ∂/∂q = to_q · (less_q − p / q), 0 where weights are; none into no room."""
    for i in range(grad_p.size):
        a, b = widen(p[i]) * by_p, widen(q[i]) * by_q
        log_t, _, _ = log_of_ratio(a, b)
        grad_p[i] = narrow(zero if a == zero else to_p * (zero - log_t - less_p), stored)
    for i in range(grad_q.size):
        a, b = widen(p[i]) * by_p, widen(q[i]) * by_q
        ratio = zero if a == zero else a / b
        grad_q[i] = narrow(zero if b == zero and a == zero else to_q * (less_q - ratio), stored)


@jit("reassoc")
def add(x, zero):
    """Σ x of a run."""
    total = zero
    for i in range(x.size):
        total += widen(x[i])
    return total


@jit()
def row_total(x, zero):
    """Σ x of a row, in float64 beyond runs."""
    total = 0.0
    for i in range(0, x.size, RUN):
        total += add(x[i : i + RUN], zero)
    return total


@jit()
def of_probs(p_at, q_at, stored, options, up, loss, grad_p_at, grad_q_at, start, stop):
    """Rows of probabilities, as they are or, if ``normalise``, as weights."""
    K, p_step, q_step, normalise, _, scale = options
    zero, one = number(0, stored), number(1, stored)
    for r in range(start, stop):
        p, q = slice_at(p_at, r * p_step, K, stored), slice_at(q_at, r * q_step, K, stored)
        by_p, by_q, total = one, one, 0.0
        if normalise:
            by_p, by_q = number(1 / row_total(p, zero), stored), number(1 / row_total(q, zero), stored)
        for i in range(0, K, RUN):
            if normalise:
                total += normal_terms(p[i : i + RUN], q[i : i + RUN], by_p, by_q, zero)
            else:
                total += plain_terms(p[i : i + RUN], q[i : i + RUN], zero)
        loss[r] = total
        if grad_p_at or grad_q_at:
            g = number(up[r if up.size > 1 else 0] * scale, stored)
            grad_p = slice_at(grad_p_at, r * K, K if grad_p_at else 0, stored)
            grad_q = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
            less_p, less_q = (number(total, stored), one) if normalise else (zero - one, zero)
            probs_grads(p, q, by_p, by_q, g * by_p, less_p, g * by_q, less_q, grad_p, grad_q, zero, stored)


@jit("reassoc", "contract")
def log_probs_terms(p, q, zero):
    """Σ exp(p) · (p − q) of a run of logarithms."""
    total = zero
    for i in range(p.size):
        u, v = widen(p[i]), widen(q[i])
        a = full_exp(u)
        total += zero if a == zero else a * (u - v)
    return total


@jit("contract")
def log_probs_grads(p, q, g, grad_p, grad_q, one, zero, stored):
    """∂/∂log p = g · p · (log p − log q + 1) and ∂/∂log q = −g · p; none into no room."""
    for i in range(grad_p.size):
        u, v = widen(p[i]), widen(q[i])
        a = full_exp(u)
        grad_p[i] = narrow(zero if a == zero else g * a * (u - v + one), stored)
    for i in range(grad_q.size):
        grad_q[i] = narrow(zero - g * full_exp(widen(p[i])), stored)


@jit()
def of_log_probs(p_at, q_at, stored, options, up, loss, grad_p_at, grad_q_at, start, stop):
    """Rows of log-probabilities, as they are."""
    K, p_step, q_step, _, _, scale = options
    zero, one = number(0, stored), number(1, stored)
    for r in range(start, stop):
        p, q = slice_at(p_at, r * p_step, K, stored), slice_at(q_at, r * q_step, K, stored)
        total = 0.0
        for i in range(0, K, RUN):
            total += log_probs_terms(p[i : i + RUN], q[i : i + RUN], zero)
        loss[r] = total
        if grad_p_at or grad_q_at:
            g = number(up[r if up.size > 1 else 0] * scale, stored)
            grad_p = slice_at(grad_p_at, r * K, K if grad_p_at else 0, stored)
            grad_q = slice_at(grad_q_at, r * K, K if grad_q_at else 0, stored)
            log_probs_grads(p, q, g, grad_p, grad_q, one, zero, stored)


@jit("reassoc", "contract")
def logits_terms(x, y, ep, eq, by_p, by_q, beta, shift, zero):
    """Σ p · (exp r − 1 − r) of a run, r = log(q / p) = β · (y − x) − shift; ep and eq hold p and q, unscaled."""
    total = zero
    for i in range(x.size):
        p, q = ep[i] * by_p, eq[i] * by_q
        r = (widen(y[i]) - widen(x[i])) * beta - shift
        phi, small = expm1_less(r)
        total += (p * phi if small else (q - p) - p * r) if p != zero else q
    return total


@jit("contract")
def logits_grad_q(ep, eq, by_p, by_q, g, out, stored):
    """∂/∂y = g · (q − p)."""
    for i in range(out.size):
        out[i] = narrow(g * (eq[i] * by_q - ep[i] * by_p), stored)


@jit("contract")
def logits_grad_p(x, y, ep, by_p, beta, shift, loss, g, out, zero, stored):
    """∂/∂x = g · p · (log(p / q) − KL)."""
    for i in range(out.size):
        p = ep[i] * by_p
        r = (widen(y[i]) - widen(x[i])) * beta - shift
        out[i] = narrow(zero if p == zero else g * p * (zero - r - loss), stored)


@jit()
def of_logits(p_at, q_at, stored, options, up, loss, grad_p_at, grad_q_at, start, stop):
    """Rows of logits; β = 1 / T."""
    K, p_step, q_step, _, beta, scale = options
    zero, b = number(0, stored), number(beta, stored)
    ep, eq, tops = np.empty(K, type(zero)), np.empty(K, type(zero)), np.empty(-(-K // RUN), type(zero))
    for r in range(start, stop):
        x, y = slice_at(p_at, r * p_step, K, stored), slice_at(q_at, r * q_step, K, stored)
        c_p, s_p = row_sum(x, b, tops, ep, True, zero)
        c_q, s_q = row_sum(y, b, tops, eq, True, zero)
        by_p, by_q = number(1 / (1 + s_p), stored), number(1 / (1 + s_q), stored)
        shift = number(beta * (float(c_q) - float(c_p)) + (math.log1p(s_q) - math.log1p(s_p)), stored)
        total = 0.0
        for i in range(0, K, RUN):
            j = i + RUN
            total += logits_terms(x[i:j], y[i:j], ep[i:j], eq[i:j], by_p, by_q, b, shift, zero)
        loss[r] = total
        g = number(up[r if up.size > 1 else 0] * scale * beta, stored)
        if grad_q_at:
            logits_grad_q(ep, eq, by_p, by_q, g, slice_at(grad_q_at, r * K, K, stored), stored)
        if grad_p_at:
            out = slice_at(grad_p_at, r * K, K, stored)
            logits_grad_p(x, y, ep, by_p, b, shift, number(total, stored), g, out, zero, stored)


def refuses(p: Tensor, q: Tensor) -> str:
    """Why this can't be computed here, or ``""``."""
    return why_not(p, q)


def kl_divergence(
    formula: Callable[..., Tensor], p: Tensor, q: Tensor, given: str, temperature: float, reduction: str
) -> Tensor:
    """What ``formula`` computes of the other arguments; it serves where a gradient is to be differentiated again."""
    if not p.numel():
        return formula(p, q, given, temperature, reduction)
    if temperature != 1 and given in ("probs", "weights"):
        wide = torch.promote_types(p.dtype, torch.float32)
        p, q = ((x.where(x != 0, 1).log().where(x != 0, -torch.inf)) for x in (p.to(wide), q.to(wide)))
    if temperature != 1:
        given = "logits"
    if torch.is_grad_enabled() and (p.requires_grad or q.requires_grad):
        return KLDivergence.apply(formula, p, q, given, temperature, reduction)  # type: ignore[no-any-return]
    return compute(None, (False, False), p, q, given, temperature, reduction)[0]


class KLDivergence(torch.autograd.Function):
    """The divergence, with the gradients at hand when they are asked for with an upstream gradient of 1."""

    @staticmethod
    def forward(ctx: Any, formula: Callable[..., Tensor], p: Tensor, q: Tensor, *options: Any) -> Tensor:
        """Compute the gradients too, unless each row will have its own upstream gradient."""
        ctx.save_for_backward(p, q)
        ctx.formula, ctx.options, ctx.wanted = formula, options, ctx.needs_input_grad[1:3]
        up = None if "none" in options else np.ones(1)
        loss, *ctx.grads = compute(up, ctx.wanted, p, q, *options)
        return loss

    @staticmethod
    def backward(ctx: Any, *ups: Tensor) -> tuple[Tensor | None, ...]:
        """Hand over the gradients: whoever gets them may add to them in place."""
        p, q = ctx.saved_tensors
        (up,) = ups
        grads, ctx.grads = ctx.grads, None
        if torch.is_grad_enabled():
            inputs = [x for x, wanted in zip((p, q), ctx.wanted, strict=True) if wanted]
            found = iter(torch.autograd.grad(ctx.formula(p, q, *ctx.options), inputs, up, create_graph=True))
            grads = [next(found) if wanted else None for wanted in ctx.wanted]
        elif grads is None or "none" in ctx.options:
            _, *grads = compute(up.double().reshape(-1).numpy(), ctx.wanted, p, q, *ctx.options)
        elif up.item() != 1:
            grads = [None if g is None else g.mul_(up) for g in grads]
        return None, *grads, None, None, None


def compute(
    up: np.ndarray[Any, np.dtype[np.float64]] | None,
    wanted: tuple[bool, bool],
    p: Tensor,
    q: Tensor,
    given: str,
    temperature: float,
    reduction: str,
) -> tuple[Tensor, Tensor | None, Tensor | None]:
    """The divergence and, if there is an upstream gradient ``up`` of one number or one a row, the gradients wanted."""
    a, b, stored = rows_of(p), rows_of(q), STORED[p.dtype]
    R, K = a.shape
    share = {"none": 1, "sum": 1, "mean": R, "batchmean": p.shape[0] if p.ndim > 1 else 1}[reduction]
    grads = [
        empty(x.shape, x.dtype) if up is not None and want else None for x, want in zip((p, q), wanted, strict=True)
    ]
    grad_p_at, grad_q_at = (0 if g is None else g.data_ptr() for g in grads)
    ups = np.ones(1) if up is None else up
    loss = np.empty(R)
    options = (K, a.stride(0), b.stride(0), given == "weights", 1 / temperature, temperature**2 / share)
    kernel = {"logits": of_logits, "log_probs": of_log_probs}.get(given, of_probs)
    parallel(
        lambda i, j: kernel(a.data_ptr(), b.data_ptr(), stored, options, ups, loss, grad_p_at, grad_q_at, i, j),
        R,
        WORK // K + 1,
    )
    wide = torch.promote_types(p.dtype, torch.float32)
    if reduction == "none":
        return torch.from_numpy(loss * temperature**2).to(wide).reshape(p.shape[:-1]), grads[0], grads[1]
    return torch.tensor(loss.sum() * temperature**2 / share, dtype=wide), grads[0], grads[1]
