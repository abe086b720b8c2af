"""Cross-entropy of logits: :func:`byhand.losses.cross_entropy`, its gradient computed in the forward pass.

For R rows of C logits of b bytes, R·C·b bytes must be read, and as many written for the gradient; class probabilities
must be read too. No more bytes are moved: a row is read from memory once, and stays in the cache while its maximum, its
sum and its gradient are computed.

    c = max x,   S = Σ exp(x − c),   log Z = c + log S
    ∂/∂xᵢ = A · exp(xᵢ − c) / S − Dᵢ,   Dᵢ = the weight of class i in the target, A = Σ D + 2 · z_loss · log Z

The terms of S that are 1 are counted, the others are summed. So log S = log1p(S − 1) and p_y − 1 = −(S − 1) / S stay
precise if the target class has nearly all of the probability. Sums are float32 for up to 256 numbers, and float64
beyond.

Rows are computed one at a time. For few classes, and for channels-first images, a block of rows is computed at a time,
so that SIMD runs across the rows (:mod:`byhand.kernels.numba.losses.calls`). Gradients have the layout of torch's:
contiguous, in the order of the dimensions that the caller passed.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

import numpy as np
import torch
from torch import Tensor

from byhand._check import must_be
from byhand.kernels._address import check_allocated
from byhand.kernels._backward import check_unchanged, differentiate, resolved, scalar_value
from byhand.kernels.numba.losses.calls import Options, call_for
from byhand.kernels.numba.losses.few_classes import FEW
from byhand.kernels.numba.losses.small import ONE, SMALL, small_loss, small_loss_with_options
from byhand.kernels.numba.runtime.blocks import output_like
from byhand.kernels.numba.runtime.memory import address_of, tensor_of, why_not
from byhand.kernels.numba.runtime.openmp import run_in_threads

WORK = 1 << 15  # logits that are worth a thread
WIDE = (torch.float32, torch.float64)

Array = np.ndarray[Any, np.dtype[Any]]


def refuses(input: Tensor, target: Tensor, weight: Tensor | None = None) -> str:
    """Why the kernel can't take these tensors, or ``""``."""
    others = (target,) if weight is None else (target, weight)
    if reason := why_not(input, *others):
        return reason
    if torch.is_grad_enabled() and any(x.requires_grad for x in others[1:]):
        return "it computes no gradients of `weight`"
    if target.is_floating_point() and target.dtype != input.dtype:
        return "it takes class probabilities in the dtype of `input`"
    return ""


def cross_entropy(
    formula: Callable[..., Tensor],
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
    z_loss: float,
) -> Tensor:
    """The result of ``formula``. ``formula`` itself serves for empty tensors, and for gradients of gradients."""
    rest = (target, weight, ignore_index, reduction, label_smoothing, z_loss)
    if not (input.data_ptr() and target.data_ptr() and (weight is None or weight.data_ptr())):
        # A tensor is empty; or it was freed, since the cached fast path skips that check.
        for argument, x in {"input": input, "target": target, "weight": weight}.items():
            if x is not None:
                check_allocated("cross_entropy", argument, x)
        return formula(input, *rest)
    if (input.requires_grad or target.requires_grad) and torch.is_grad_enabled():
        return CrossEntropy.apply(formula, input, target, rest[1:])  # type: ignore[no-any-return]
    return compute(None, input, *rest)[0]


def in_place(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
    up: Tensor | None = None,
) -> Tensor:
    """The loss; its gradient overwrites ``input``. The upstream gradient is 1, or ``up``, one number for each row."""
    ups = ONE if up is None else up.double().reshape(-1)
    return compute(ups, input, target, weight, ignore_index, reduction, label_smoothing, 0.0, into=input)[0]


cross_entropy.in_place = in_place  # type: ignore[attr-defined]  # for a caller that no longer needs the logits


class CrossEntropy(torch.autograd.Function):
    """The loss; its gradient for an upstream gradient of 1 is computed in the forward pass."""

    @staticmethod
    def forward(
        ctx: Any, formula: Callable[..., Tensor], input: Tensor, target: Tensor, rest: tuple[Any, ...]
    ) -> Tensor:
        """Compute the loss; and the gradient, unless there are many rows with upstream gradients of their own."""
        weight, *options = rest
        ctx.save_for_backward(input, target, weight)
        ctx.formula, ctx.options, each = formula, options, options[1] == "none"
        ctx.scales_rows = each and (input.numel() <= SMALL or input.shape[-1] <= FEW) and input.dtype in WIDE
        deferred = not ctx.needs_input_grad[1] or (each and not ctx.scales_rows)
        loss, ctx.grad, ctx.value = compute(None if deferred else ONE, input, target, weight, *options)
        return loss

    @staticmethod
    def backward(ctx: Any, *ups: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients. They are not kept: autograd may change them in place."""
        (up,) = ups
        grad, ctx.grad = ctx.grad, None
        needs_grad, recorded = ctx.needs_input_grad[1:3], torch.is_grad_enabled()
        if grad is not None and not recorded and not needs_grad[1]:
            by = gradient_factor(up, grad, ctx.scales_rows)
            if by is not None:
                return None, scale_in_place(grad, by), None, None
        tensors, up = ctx.saved_tensors, resolved(up)
        if recorded or not can_read(up, *tensors, *ctx.options):
            (grad, of_target), loss = differentiate(lambda *x: ctx.formula(*x, *ctx.options), tensors, needs_grad, up)
            check_unchanged(ctx.value, loss)
            return None, grad, of_target, None
        by = gradient_factor(up, tensors[0], ctx.scales_rows)
        if grad is None or by is None:
            by = by if ctx.scales_rows else None  # as in the first backward pass, so that both round alike
            upstream = up.double().reshape(-1) if by is None else ONE
            loss, grad, _ = compute(upstream if needs_grad[0] else None, *tensors, *ctx.options)
            check_unchanged(ctx.value, loss)
        if grad is not None and by is not None:
            grad = scale_in_place(grad, by)
        return None, grad, target_gradient(up, *tensors, *ctx.options) if needs_grad[1] else None, None


def gradient_factor(up: Tensor, grad: Tensor, each: bool) -> Tensor | float | None:
    """The factor of a gradient that was computed for an upstream gradient of 1; None if the kernel must run again.

    That is so if an upstream gradient of a row is not finite: the gradient of an ignored row must stay 0.
    """
    if not each:
        return scalar_value(up)
    good = not why_not(up) and up.shape == grad.shape[:-1] and isfinite(up.sum().item())
    return up.unsqueeze(-1) if good else None


def scale_in_place(grad: Tensor, by: Tensor | float) -> Tensor:
    """The gradient times ``by``, in place."""
    return grad if not isinstance(by, Tensor) and by == 1 else grad.mul_(by)


def target_gradient(
    up: Tensor,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    _: int,
    reduction: str,
    eps: float,
    z_loss: float,
) -> Tensor:
    """The gradient of class probabilities t, −(1 − ε) · w · log p, by torch's operations."""
    log_p = input.detach().to(torch.promote_types(input.dtype, torch.float32)).log_softmax(-1)
    if log_p.numel() and log_p.min() == -torch.inf:  # there, a class of weight 0 has gradient 0
        weightless = target * (1 - eps) + eps / input.shape[-1] == 0
        weightless = weightless if weight is None else weightless | (weight == 0)
        log_p.masked_fill_(weightless & (log_p == -torch.inf), 0)
    by = -(1 - eps) * up.detach()
    by = by.unsqueeze(-1) if reduction == "none" else by / input.shape[:-1].numel() if reduction == "mean" else by
    log_p.mul_(by if weight is None else by * weight.detach().to(log_p.dtype))
    return log_p.to(target.dtype)


def can_read(
    up: Tensor, input: Tensor, target: Tensor, weight: Tensor | None, _: int, reduction: str, *rest: Any
) -> bool:
    """Whether the kernels can read the upstream gradient, and the saved tensors, which hooks may have replaced."""
    rows = input.shape[:-1]
    return (
        not (why_not(up) or refuses(input, target, weight))
        and up.shape == (rows if reduction == "none" else ())
        and (target.shape == input.shape or (target.shape == rows and target.dtype is torch.int64))
        and (weight is None or weight.shape == input.shape[-1:])
    )


def compute(
    up: Tensor | None,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    eps: float,
    z_loss: float,
    into: Tensor | None = None,
) -> tuple[Tensor, Tensor | None, Array]:
    """The loss, and its gradient if there is an upstream gradient ``up``, one number or one for each row.

    The last result is an array that begins with the values of the loss; no tensor shares its memory. ``into`` is None,
    or ``input`` itself, with contiguous rows, which the gradient then overwrites.
    """
    plain = weight is None and not (eps or z_loss)
    small = into is None and input.ndim <= 2 and 0 < input.numel() <= SMALL
    if small and input.is_contiguous() and target.is_contiguous():
        found = None
        if plain and input.ndim == 2 and target.ndim == 1 and reduction != "none":
            if up is None or up is ONE:
                found = small_loss(input, target, ignore_index, reduction == "mean", up is not None)
        elif input.shape[-1] <= FEW:
            found = small_loss_with_options(up, input, target, weight, ignore_index, reduction, eps, z_loss)
        if found is not None:
            return found
    R, C, soft, each = input.shape[:-1].numel(), input.shape[-1], target.is_floating_point(), reduction == "none"
    wide = torch.promote_types(input.dtype, torch.float32)
    w = None if weight is None else weight.detach().to(wide).contiguous()
    valid_rows = total_weight = float(R)
    if not soft:
        target = target.reshape(-1).contiguous()
        valid_rows, total_weight = count_rows(target.numpy(), C, w, ignore_index)
    all_weights = float(C) if w is None else float(w.numpy().sum(dtype=np.float64))
    ups, (of_loss, of_z) = ONE if up is None else up.contiguous(), scales(reduction, total_weight, valid_rows)
    options = Options(int(ups.numel() > 1), each, ignore_index, all_weights, z_loss, of_loss, of_z)
    call = call_for(input, target, w, eps, options, up is not None, into is not None)
    grad, nontemporal = gradient_buffer(input, call.channels_first) if into is None and up is not None else (into, None)
    loss = np.empty(R if each else call.units)
    z = np.empty(loss.size if z_loss else 0)
    outputs = ups.data_ptr(), address_of(loss), address_of(z), nontemporal, 0 if grad is None else grad.data_ptr()
    grain = WORK // (C * call.unit) + 1 if C else 1
    run_in_threads(call.kernel, (*call.arguments, *outputs), call.units, grain, call.scratch * wide.itemsize)
    if grad is not None and into is None:
        grad = in_torch_layout(grad, call.channels_first)
    if each:
        value = loss + z if z_loss else loss
        return tensor_of(value, input.shape[:-1], wide), grad, value
    value = np.array([loss.sum() * of_loss + (z.sum() * of_z if z_loss else 0.0)])
    return torch.scalar_tensor(value[0], dtype=wide, device="cpu"), grad, value


def gradient_buffer(input: Tensor, channels_first: bool) -> tuple[Tensor, bool | None]:
    """Memory for the gradient, channels-first or as rows, and whether to write it with non-temporal stores."""
    return output_like(input.movedim(-1, 1) if channels_first else input)


def in_torch_layout(grad: Tensor, channels_first: bool) -> Tensor:
    """The gradient as a channels-last view of a contiguous tensor (N, C, d₁, …)."""
    if channels_first:
        return grad.movedim(1, -1)
    return grad if grad.ndim <= 2 else grad.movedim(-1, 1).contiguous().movedim(1, -1)


def scales(reduction: str, total_weight: float, valid_rows: float) -> tuple[float, float]:
    """The factors of the sum of the losses and of the sum of the z-losses."""
    if reduction != "mean":
        return 1.0, 1.0
    return 1 / total_weight if total_weight else np.nan, 1 / valid_rows if valid_rows else np.nan


def count_rows(y: Array, C: int, w: Tensor | None, ignore_index: int) -> tuple[float, float]:
    """How many rows are not ignored, and the sum of their weights; raises if a target is not a class."""
    if y.view(np.uint64).max() >= C or 0 <= ignore_index < C:  # a negative number is large as uint64
        y = y[y != ignore_index]
        wrong = y[(y < 0) | (y >= C)]
        if wrong.size:
            raise must_be("target", "cross_entropy", f"`ignore_index` or a class in [0, {C})", wrong[0], IndexError)
    return float(y.size), float(y.size) if w is None else float(w.numpy()[y].sum(dtype=np.float64))
