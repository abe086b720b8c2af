"""Binary cross-entropy of logits, number by number: :func:`byhand.losses.binary_cross_entropy_with_logits`.

For n numbers of b bytes, 2·n·b must be read, the weights besides, and n·b written for the losses where each is wanted,
and for the gradient. That is what moves.

    e = exp(−|x|),   ℓ = log(1 + e):     −log σ(x) = max(−x, 0) + ℓ,   −log σ(−x) = max(x, 0) + ℓ
    σ(−|x|) = e / (1 + e),   σ(|x|) = 1 / (1 + e)

No logarithm is taken of a number near 1, and nothing is subtracted but what the targets say: the digits of both
logarithms and of both probabilities are kept, however far x is from 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from byhand.kernels._address import check_allocated
from byhand.kernels._backward import check_unchanged, differentiate, factor, resolved
from byhand.kernels.numba.losses.softmax import PART, RUN
from byhand.kernels.numba.runtime.blocks import room_for
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import exp, f8, log1p_to_1
from byhand.kernels.numba.runtime.memory import (
    STORED,
    address_of,
    narrow,
    number,
    slice_at,
    why_not,
    widen,
    widest,
)
from byhand.kernels.numba.runtime.openmp import parallel_for, spread
from byhand.kernels.numba.runtime.stores import hand_out, place_for, settle

WORK = 1 << 14  # numbers that are worth a thread

Array = np.ndarray[Any, np.dtype[Any]]


def refuses(input: Tensor, target: Tensor, *weights: Tensor) -> str:
    """Why this can't be computed here, or ``""``."""
    if reason := why_not(input, target, *weights):
        return reason
    if torch.is_grad_enabled() and any(x.requires_grad for x in (target, *weights)):
        return "it computes gradients to `input` alone"
    return "" if target.dtype is input.dtype else "it takes targets in the dtype of `input`"


@jit("contract")
def loss_and_slope(x, yes, no, one, zero):
    """−yes · log σ(x) − no · log σ(−x), and its derivative; what weighs 0 costs 0, also where the logarithm is −∞."""
    e = exp(-abs(x))
    tail, share = log1p_to_1(e), one / (one + e)
    if_yes, if_no = (zero if x > zero else -x) + tail, (x if x > zero else zero) + tail
    loss = (zero if yes == zero else yes * if_yes) + (zero if no == zero else no * if_no)
    return loss, share * ((no - yes * e) if x > zero else (no * e - yes))


@jit("reassoc", "contract")
def part(first, n, x_at, t_at, weight_at, positive_at, each_at, g, grad, one, zero, stored):
    """Σ loss of n numbers, and each loss; the derivatives times g."""
    widest()
    x, t = slice_at(x_at, first, n, stored), slice_at(t_at, first, n, stored)
    if weight_at is not None:
        weight = slice_at(weight_at, first, n, zero)
    if positive_at is not None:
        positive = slice_at(positive_at, first, n, zero)
    if each_at is not None:
        each = slice_at(each_at, first, n, stored)
    total = zero
    for i in range(n):
        no = one - widen(t[i])
        yes = widen(t[i]) if positive_at is None else widen(t[i]) * positive[i]
        loss, slope = loss_and_slope(widen(x[i]), yes, no, one, zero)
        by = g
        if weight_at is not None:
            loss, by = loss * weight[i], by * weight[i]
        total += loss
        if each_at is not None:
            each[i] = narrow(loss, stored)
        if grad is not None:
            grad[i] = narrow(by * slope, stored)
    return total


@jit()
def runs(x_at, t_at, weight_at, positive_at, stored, n, each_at, scale, grad_at, past, sums_at, room_at, start, stop):
    """Runs ``start`` to ``stop`` of n numbers; what is None is not compiled, neither read nor written."""
    zero, one, g = number(0, stored), number(1, stored), number(scale, stored)
    sums, room = slice_at(sums_at, 0, stop, f8(0)), slice_at(room_at, 0, PART, stored)
    for r in range(start, stop):
        total = 0.0
        for i in range(r * RUN, min((r + 1) * RUN, n), PART):
            k = min(PART, n - i)
            if grad_at is None:
                total += part(i, k, x_at, t_at, weight_at, positive_at, each_at, g, None, one, zero, stored)
            else:
                out = slice_at(grad_at, i, k, stored)
                place = place_for(out, room, past)
                total += part(i, k, x_at, t_at, weight_at, positive_at, each_at, g, place, one, zero, stored)
                if past is not None:
                    hand_out(place, out)
        sums[r] = total
    settle()


@kernel()
def share_runs(arguments, scratch, start, stop, openmp):
    """:func:`runs`, in pieces, by OpenMP threads."""
    parallel_for(runs, arguments, scratch, start, stop, openmp)


def binary_cross_entropy(
    formula: Callable[..., Tensor],
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    pos_weight: Tensor | None,
    reduction: str,
) -> Tensor:
    """What ``formula`` computes of the other arguments; it serves where a gradient is to be differentiated again."""
    rest = (target, weight, pos_weight, reduction)
    if not (input.data_ptr() and target.data_ptr()):  # there are no numbers; or no more, if the call was not looked at
        check_allocated("binary_cross_entropy_with_logits", "input", input)
        check_allocated("binary_cross_entropy_with_logits", "target", target)
        return formula(input, *rest)
    if input.requires_grad and torch.is_grad_enabled():
        return BinaryCrossEntropy.apply(formula, input, rest)  # type: ignore[no-any-return]
    return compute(False, input, *rest)[0]


class BinaryCrossEntropy(torch.autograd.Function):
    """The loss, with the derivatives at hand when they are asked for."""

    @staticmethod
    def forward(ctx: Any, formula: Callable[..., Tensor], input: Tensor, rest: tuple[Any, ...]) -> Tensor:
        """Compute the derivatives too, which are multiplied by the upstream gradients, or by that of all."""
        *tensors, ctx.reduction = rest
        ctx.save_for_backward(input, *tensors)
        ctx.formula = formula
        loss, ctx.grad, ctx.value = compute(True, input, *rest)
        return loss

    @staticmethod
    def backward(ctx: Any, *ups: Tensor) -> tuple[Tensor | None, ...]:
        """Hand over the gradient: whoever gets it may add to it in place."""
        (up,) = ups
        grad, ctx.grad = ctx.grad, None
        (input, target, weight, pos_weight), up, of_all = ctx.saved_tensors, resolved(up), ctx.reduction != "none"
        recorded = torch.is_grad_enabled()
        by = factor(up) if of_all else None if why_not(up) or up.shape != input.shape else up
        if recorded or by is None or (grad is None and not fits(input, target, weight, pos_weight)):
            inputs = (input, target, weight, pos_weight)
            (grad,), loss = differentiate(lambda *x: ctx.formula(*x, ctx.reduction), inputs, [True], up)
            check_unchanged(ctx.value, loss.sum())
        elif grad is None:
            _, slopes, value = compute(True, input, target, weight, pos_weight, ctx.reduction)
            check_unchanged(ctx.value, torch.from_numpy(value)[0])
            grad = None if slopes is None else slopes.mul_(by)
        elif not of_all or by != 1:
            grad.mul_(by)
        return None, grad, None


def fits(input: Tensor, target: Tensor, *weights: Tensor | None) -> bool:
    """Whether the kernel can read what hooks on saved tensors may have made of them."""
    return not refuses(input, target, *(w for w in weights if w is not None)) and target.shape == input.shape


def compute(
    differentiates: bool,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    pos_weight: Tensor | None,
    reduction: str,
) -> tuple[Tensor, Tensor | None, Array]:
    """The loss and, if it is wanted, its derivatives; last the sum of what the loss consists of, as an array."""
    x, n = dense(input.detach()), input.numel()
    t = laid_like(x, target)
    wide = torch.promote_types(input.dtype, torch.float32)
    w, c = (None if y is None else laid_like(x, y.to(wide).expand(x.shape)) for y in (weight, pos_weight))
    each = torch.empty_like(x) if reduction == "none" else None
    scale = 1 / n if reduction == "mean" else 1.0
    grad, past = None, None
    if differentiates:
        grad, past = room_for(x) if x.is_contiguous() else (torch.empty_like(x), None)
    sums = np.empty(-(-n // RUN))
    *weights_at, each_at, grad_at = (None if y is None else y.data_ptr() for y in (w, c, each, grad))
    given = x.data_ptr(), t.data_ptr(), *weights_at, STORED[x.dtype], n
    spread(share_runs, (*given, each_at, scale, grad_at, past, address_of(sums)), len(sums), WORK // RUN, PART * 8)
    total = sums.sum() / n if reduction == "mean" else sums.sum()
    loss = torch.scalar_tensor(total, dtype=input.dtype, device="cpu") if each is None else each
    return loss, grad, np.array([total])


def dense(x: Tensor) -> Tensor:
    """The tensor, or a copy of it that has neither gaps nor overlaps."""
    at_hand = x.is_contiguous() or (x.ndim == 4 and x.is_contiguous(memory_format=torch.channels_last))
    return x if at_hand else x.clone(memory_format=torch.contiguous_format)


def laid_like(x: Tensor, other: Tensor) -> Tensor:
    """The numbers of ``other`` in the order in which those of ``x`` lie."""
    other = other.detach()
    return other if other.stride() == x.stride() else torch.empty_like(x, dtype=other.dtype).copy_(other)
