"""Binary cross-entropy of logits: :func:`byhand.losses.binary_cross_entropy_with_logits`.

For n logits of b bytes, 2·n·b bytes must be read, and the weights; n·b must be written for the losses without
reduction, and n·b for the gradient. No more bytes are moved.

    e = exp(−|x|),   ℓ = log(1 + e):     −log σ(x) = max(−x, 0) + ℓ,   −log σ(−x) = max(x, 0) + ℓ
    σ(−|x|) = e / (1 + e),   σ(|x|) = 1 / (1 + e)

log1p is used, and near-equal numbers are never subtracted, except as the targets require. So both logarithms and both
probabilities keep their precision for any x.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from byhand.kernels._address import check_allocated
from byhand.kernels._backward import check_unchanged, differentiate, resolved, scalar_value
from byhand.kernels.numba.losses.softmax import PART, RUN
from byhand.kernels.numba.runtime.blocks import output_like
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import exp, f8, log1p_to_1
from byhand.kernels.numba.runtime.memory import (
    STORED,
    address_of,
    in_memory_order,
    narrow,
    number,
    slice_at,
    why_not,
    widen,
    widest_vectors,
)
from byhand.kernels.numba.runtime.openmp import parallel_for, run_in_threads
from byhand.kernels.numba.runtime.stores import dest_for, store_fence, store_nontemporal

WORK = 1 << 14  # numbers that are worth a thread
SMALL = 1 << 15  # numbers up to which one kernel call does all: each further step in Python takes as long

Array = np.ndarray[Any, np.dtype[Any]]


def refuses(input: Tensor, target: Tensor, *weights: Tensor) -> str:
    """Why the kernel can't take these tensors, or ``""``."""
    if reason := why_not(input, target, *weights):
        return reason
    if torch.is_grad_enabled() and any(x.requires_grad for x in (target, *weights)):
        return "it computes gradients of `input` alone"
    return "" if target.dtype is input.dtype else "it takes targets in the dtype of `input`"


@jit("contract")
def loss_and_slope(x, w_pos, w_neg, one, zero):
    """−w_pos · log σ(x) − w_neg · log σ(−x), and its derivative; a term of weight 0 is 0, even if its log is −∞."""
    e = exp(-abs(x))
    tail, sigmoid_abs = log1p_to_1(e), one / (one + e)
    nll_pos, nll_neg = (zero if x > zero else -x) + tail, (x if x > zero else zero) + tail
    loss = (zero if w_pos == zero else w_pos * nll_pos) + (zero if w_neg == zero else w_neg * nll_neg)
    return loss, sigmoid_abs * ((w_neg - w_pos * e) if x > zero else (w_neg * e - w_pos))


@jit("reassoc", "contract")
def part_losses(first, n, x_at, t_at, weight_at, positive_at, each_at, g, grad, one, zero, stored):
    """Sum the losses of n logits, and write each loss and the derivatives times g, unless these outputs are None."""
    widest_vectors()
    x, t = slice_at(x_at, first, n, stored), slice_at(t_at, first, n, stored)
    if weight_at is not None:
        weight = slice_at(weight_at, first, n, zero)
    if positive_at is not None:
        positive = slice_at(positive_at, first, n, zero)
    if each_at is not None:
        each = slice_at(each_at, first, n, stored)
    total = zero
    for i in range(n):
        w_neg = one - widen(t[i])
        w_pos = widen(t[i]) if positive_at is None else widen(t[i]) * positive[i]
        loss, slope = loss_and_slope(widen(x[i]), w_pos, w_neg, one, zero)
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
def runs(
    x_at, t_at, weight_at, positive_at, stored, n, each_at, scale, grad_at, nontemporal, sums_at, buffer_at, start, stop
):
    """The losses and derivatives of runs ``start`` to ``stop`` of n logits.

    Code for optional arguments that are None is not compiled.
    """
    zero, one, g = number(0, stored), number(1, stored), number(scale, stored)
    sums, buffer = slice_at(sums_at, 0, stop, f8(0)), slice_at(buffer_at, 0, PART, stored)
    for r in range(start, stop):
        total = 0.0
        for i in range(r * RUN, min((r + 1) * RUN, n), PART):
            k = min(PART, n - i)
            if grad_at is None:
                total += part_losses(i, k, x_at, t_at, weight_at, positive_at, each_at, g, None, one, zero, stored)
            else:
                out = slice_at(grad_at, i, k, stored)
                dest = dest_for(out, buffer, nontemporal)
                total += part_losses(i, k, x_at, t_at, weight_at, positive_at, each_at, g, dest, one, zero, stored)
                if nontemporal is not None:
                    store_nontemporal(dest, out)
        sums[r] = total
    store_fence()


@kernel()
def parallel_runs(arguments, scratch, start, stop, openmp):
    """:func:`runs`, in threads."""
    parallel_for(runs, arguments, scratch, start, stop, openmp)


@kernel()
def small_loss(x_at, t_at, weight_at, positive_at, stored, n, each_at, mean, grad_at, loss_at, sums_at):
    """:func:`runs` of few logits, and their loss unless ``each_at`` gets the loss of each; the first sum is then it."""
    number_of_runs, total = -(-n // RUN), 0.0
    scale = 1 / n if mean else 1.0
    runs(x_at, t_at, weight_at, positive_at, stored, n, each_at, scale, grad_at, None, sums_at, 0, 0, number_of_runs)
    sums = slice_at(sums_at, 0, number_of_runs, f8(0))
    for part in sums:
        total += part
    sums[0] = total / n if mean else total
    if each_at is None:
        slice_at(loss_at, 0, 1, stored)[0] = narrow(sums[0], stored)


def binary_cross_entropy(
    formula: Callable[..., Tensor],
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    pos_weight: Tensor | None,
    reduction: str,
) -> Tensor:
    """The result of ``formula``. ``formula`` itself serves for empty tensors, and for gradients of gradients."""
    rest = (target, weight, pos_weight, reduction)
    weights_are_there = (weight is None or weight.data_ptr()) and (pos_weight is None or pos_weight.data_ptr())
    if not (input.data_ptr() and target.data_ptr() and weights_are_there):
        # A tensor is empty; or it was freed, since the cached fast path skips that check.
        given = {"input": input, "target": target, "weight": weight, "pos_weight": pos_weight}
        for argument, x in given.items():
            if x is not None:
                check_allocated("binary_cross_entropy_with_logits", argument, x)
        return formula(input, *rest)
    if input.requires_grad and torch.is_grad_enabled():
        return BinaryCrossEntropy.apply(formula, input, rest)  # type: ignore[no-any-return]
    return compute(False, input, *rest)[0]


class BinaryCrossEntropy(torch.autograd.Function):
    """The loss; its derivatives are computed in the forward pass."""

    @staticmethod
    def forward(ctx: Any, formula: Callable[..., Tensor], input: Tensor, rest: tuple[Any, ...]) -> Tensor:
        """Compute the loss, and the derivatives for upstream gradients of 1."""
        *tensors, ctx.reduction = rest
        ctx.save_for_backward(input, *tensors)
        ctx.formula = formula
        loss, ctx.grad, ctx.value = compute(True, input, *rest)
        return loss

    @staticmethod
    def backward(ctx: Any, *ups: Tensor) -> tuple[Tensor | None, ...]:
        """The gradient: derivatives times upstream gradient. It is not kept, since autograd may change it in place."""
        (up,) = ups
        grad, ctx.grad = ctx.grad, None
        (input, target, weight, pos_weight), up, reduced = ctx.saved_tensors, resolved(up), ctx.reduction != "none"
        recorded = torch.is_grad_enabled()
        by = scalar_value(up) if reduced else None if why_not(up) or up.shape != input.shape else up
        if recorded or by is None or (grad is None and not can_read(input, target, weight, pos_weight)):
            inputs = (input, target, weight, pos_weight)
            (grad,), loss = differentiate(lambda *x: ctx.formula(*x, ctx.reduction), inputs, [True], up)
            check_unchanged(ctx.value, loss.sum())
        elif grad is None:
            _, slopes, value = compute(True, input, target, weight, pos_weight, ctx.reduction)
            check_unchanged(ctx.value, torch.from_numpy(value)[0])
            grad = None if slopes is None else slopes.mul_(by)
        elif not reduced or by != 1:
            grad.mul_(by)
        return None, grad, None


def can_read(input: Tensor, target: Tensor, *weights: Tensor | None) -> bool:
    """Whether the kernel can read saved tensors, which hooks may have replaced."""
    return not refuses(input, target, *(w for w in weights if w is not None)) and target.shape == input.shape


def compute(
    differentiates: bool,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    pos_weight: Tensor | None,
    reduction: str,
) -> tuple[Tensor, Tensor | None, Array]:
    """The loss, and its derivatives if ``differentiates``; and the sum of all losses as an array."""
    x, n = without_gaps(input.detach()), input.numel()
    t = in_layout_of(x, target)
    wide = torch.float64 if input.dtype is torch.float64 else torch.float32
    w = None if weight is None else in_layout_of(x, weight.to(wide).expand(x.shape))
    c = None if pos_weight is None else in_layout_of(x, pos_weight.to(wide).expand(x.shape))
    each = torch.empty_like(x) if reduction == "none" else None
    scale = 1 / n if reduction == "mean" else 1.0
    grad, nontemporal = None, None
    if differentiates:
        grad, nontemporal = output_like(x) if x.is_contiguous() and n > SMALL else (torch.empty_like(x), None)
    sums = np.empty(-(-n // RUN))
    weight_at, positive_at = None if w is None else w.data_ptr(), None if c is None else c.data_ptr()
    each_at, grad_at = None if each is None else each.data_ptr(), None if grad is None else grad.data_ptr()
    given = x.data_ptr(), t.data_ptr(), weight_at, positive_at, STORED[x.dtype], n
    if n <= SMALL:
        loss = torch.empty((), dtype=x.dtype, device="cpu") if each is None else each
        small_loss(*given, each_at, reduction == "mean", grad_at, loss.data_ptr(), address_of(sums))
        return loss, grad, sums
    run_in_threads(
        parallel_runs,
        (*given, each_at, scale, grad_at, nontemporal, address_of(sums)),
        len(sums),
        WORK // RUN,
        PART * 8,
    )
    total = sums.sum() / n if reduction == "mean" else sums.sum()
    loss = torch.scalar_tensor(total, dtype=input.dtype, device="cpu") if each is None else each
    return loss, grad, np.array([total])


def without_gaps(x: Tensor) -> Tensor:
    """The tensor, or a contiguous copy if its memory has gaps or overlaps."""
    at_hand = x.is_contiguous() or in_memory_order(x) is not None
    return x if at_hand else x.clone(memory_format=torch.contiguous_format)


def in_layout_of(x: Tensor, other: Tensor) -> Tensor:
    """``other`` with the strides of ``x``, copied if necessary."""
    other = other.detach()
    return other if other.stride() == x.stride() else torch.empty_like(x, dtype=other.dtype).copy_(other)
