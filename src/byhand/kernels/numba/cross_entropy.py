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
from byhand.kernels.numba.losses.counts import ROWS, parallel_counts
from byhand.kernels.numba.losses.few_classes import FEW
from byhand.kernels.numba.losses.small import ONE, SMALL, Grads, scale_few_rows, small_loss, small_loss_with_options
from byhand.kernels.numba.runtime.blocks import output_like
from byhand.kernels.numba.runtime.memory import STORED, address_of, tensor_of, why_not
from byhand.kernels.numba.runtime.openmp import run_in_threads

WORK = 1 << 15  # logits that are worth a thread
ONLY_INPUT = (True, False)  # which gradients are needed, that of the logits and that of class probabilities
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
    return compute(None, (False, False), input, *rest)[0]


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
    return compute(ups, ONLY_INPUT, input, target, weight, ignore_index, reduction, label_smoothing, 0.0, into=input)[0]


cross_entropy.in_place = in_place  # type: ignore[attr-defined]  # for a caller that no longer needs the logits


class CrossEntropy(torch.autograd.Function):
    """The loss; its gradients for an upstream gradient of 1 are computed in the forward pass."""

    @staticmethod
    def forward(
        ctx: Any, formula: Callable[..., Tensor], input: Tensor, target: Tensor, rest: tuple[Any, ...]
    ) -> Tensor:
        """Compute the loss; and the gradients, unless there are many rows with upstream gradients of their own."""
        weight, *options = rest
        ctx.save_for_backward(input, target, weight)
        ctx.formula, ctx.options, ctx.rows, each = formula, options, input.shape[:-1], options[1] == "none"
        ctx.scales_rows = each and (input.numel() <= SMALL or input.shape[-1] <= FEW) and input.dtype in WIDE
        deferred, needs_grad = each and not ctx.scales_rows, ctx.needs_input_grad[1:3]
        loss, grads, ctx.value = compute(None if deferred else ONE, needs_grad, input, target, weight, *options)
        ctx.grads = None if deferred else grads
        return loss

    @staticmethod
    def backward(ctx: Any, *ups: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients. They are not kept: autograd may change them in place."""
        (up,) = ups
        grads, ctx.grads = ctx.grads, None
        recorded = torch.is_grad_enabled()
        if grads is not None and not recorded and scale(grads, up, ctx.rows if ctx.scales_rows else None):
            return None, *grads, None
        tensors, up, needs_grad = ctx.saved_tensors, resolved(up), ctx.needs_input_grad[1:3]
        if recorded or not can_read(up, *tensors, *ctx.options):
            (grad, of_target), loss = differentiate(lambda *x: ctx.formula(*x, *ctx.options), tensors, needs_grad, up)
            check_unchanged(ctx.value, loss)
            return None, grad, of_target, None
        upstream = ONE if ctx.scales_rows else up.double().reshape(-1)
        loss, grads, _ = compute(upstream, needs_grad, *tensors, *ctx.options)
        check_unchanged(ctx.value, loss)
        if ctx.scales_rows and not scale(grads, up, ctx.rows):  # as at first, so that both round alike
            _, grads, _ = compute(up.double().reshape(-1), needs_grad, *tensors, *ctx.options)
        return None, *grads, None


def scale(grads: Grads, up: Tensor, rows: torch.Size | None) -> bool:
    """Multiply gradients that were computed for an upstream gradient of 1, in place.

    ``rows`` is the shape of the loss if each row has an upstream gradient of its own. False if the kernel must run
    again: where one of them is not finite, the gradient of an ignored row must stay 0.
    """
    by: Tensor | float | None
    if rows is None:
        by = scalar_value(up)
    elif why_not(up) or up.shape != rows:
        return False
    elif (few := scale_few_rows(grads, up)) is not None:
        return few
    else:
        by = up.unsqueeze(-1) if isfinite(up.sum().item()) else None
    if by is None:
        return False
    for grad in grads:
        if grad is not None and (rows is not None or by != 1):
            grad.mul_(by)
    return True


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
    needs: tuple[bool, bool],
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    eps: float,
    z_loss: float,
    into: Tensor | None = None,
) -> tuple[Tensor, Grads, Array]:
    """The loss, and its gradients if there is an upstream gradient ``up``, one number or one for each row.

    ``needs`` says whether to compute the gradient of ``input``, and that of ``target``, class probabilities. The last
    result is an array that begins with the values of the loss; no tensor shares its memory. ``into`` is None, or
    ``input`` itself, with contiguous rows, which the gradient then overwrites.
    """
    plain = weight is None and not (eps or z_loss)
    if into is None and input.ndim <= 2 and 0 < input.numel() <= SMALL:
        found, input, target = None, input.contiguous(), target.contiguous()
        if plain and input.ndim == 2 and target.ndim == 1 and reduction != "none":
            if up is None or up is ONE:
                found = small_loss(input, target, ignore_index, reduction == "mean", up is not None)
        elif input.shape[-1] <= FEW:
            found = small_loss_with_options(up, needs, input, target, weight, ignore_index, reduction, eps, z_loss)
        if found is not None:
            return found
    R, C, soft, each = input.shape[:-1].numel(), input.shape[-1], target.is_floating_point(), reduction == "none"
    wide = torch.promote_types(input.dtype, torch.float32)
    w = None if weight is None else weight.detach().to(wide).contiguous()
    valid_rows = total_weight = float(R)
    if not soft:
        target = target.reshape(-1).contiguous()
        valid_rows, total_weight = count_rows(target, C, w, ignore_index)
    all_weights = float(C) if w is None else float(w.numpy().sum(dtype=np.float64))
    ups, (of_loss, of_z) = ONE if up is None else up.contiguous(), scales(reduction, total_weight, valid_rows)
    options = Options(int(ups.numel() > 1), each, ignore_index, all_weights, z_loss, of_loss, of_z)
    call = call_for(input, target, w, eps, options, up is not None, into is not None)
    grads, nontemporal = gradient_buffers(input, call.channels_first, needs if up is not None and into is None else ())
    target_grad_at, written = None if grads[1] is None else grads[1].data_ptr(), grads[0] if into is None else into
    grad_at = 0 if written is None else written.data_ptr()
    loss = np.empty(R if each else call.units)
    z = np.empty(loss.size if z_loss else 0)
    outputs = ups.data_ptr(), address_of(loss), address_of(z), nontemporal, grad_at, target_grad_at
    grain = WORK // (C * call.unit) + 1 if C else 1
    run_in_threads(call.kernel, (*call.arguments, *outputs), call.units, grain, call.scratch * wide.itemsize)
    of_input, of_target = (None if g is None else in_torch_layout(g, call.channels_first) for g in grads)
    grads = of_input, of_target
    if each:
        value = loss + z if z_loss else loss
        return tensor_of(value, input.shape[:-1], wide), grads, value
    value = np.array([loss.sum() * of_loss + (z.sum() * of_z if z_loss else 0.0)])
    return torch.scalar_tensor(value[0], dtype=wide, device="cpu"), grads, value


def gradient_buffers(input: Tensor, channels_first: bool, needs: tuple[bool, ...]) -> tuple[Grads, bool | None]:
    """Memory for gradients, channels-first or as rows, and whether to write them with non-temporal stores."""
    like = input.movedim(-1, 1) if channels_first else input
    buffers = [output_like(like) if needed else (None, None) for needed in (*needs, False, False)[:2]]
    written = [nontemporal for grad, nontemporal in buffers if grad is not None]
    return (buffers[0][0], buffers[1][0]), (bool(written) and all(written)) or None


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


def count_rows(y: Tensor, C: int, w: Tensor | None, ignore_index: int) -> tuple[float, float]:
    """How many rows are not ignored, and the sum of their weights; raises if a target is not a class."""
    n = y.numel()
    if w is None and not 0 <= ignore_index < C and y.numpy().view(np.uint64).max() < C:  # a negative number is large
        return float(n), float(n)
    sums = np.empty((-(-n // ROWS), 2))
    arguments = y.data_ptr(), n, C, ignore_index, None if w is None else w.data_ptr(), address_of(sums)
    stored = np.float32(0) if w is None else STORED[w.dtype]
    run_in_threads(parallel_counts, (*arguments, stored), len(sums), WORK // ROWS)
    valid_rows, total_weight = sums.sum(0)
    if np.isnan(valid_rows):
        wrong = y[(y != ignore_index) & ((y < 0) | (y >= C))]
        raise must_be("target", "cross_entropy", f"`ignore_index` or a class in [0, {C})", wrong[0].item(), IndexError)
    return float(valid_rows), float(total_weight)
