"""Cross-entropy of logits: :func:`byhand.losses.cross_entropy`, its gradient written in the forward pass.

For R rows of C logits of b bytes, R·C·b must be read, and as many bytes written where a gradient is wanted; class
probabilities are read besides. That is what moves: a row comes from memory once, and is still in the cache when it
is read for its maximum, for its sum and for its gradient.

    c = max x,   S = Σ exp(x − c),   log Z = c + log S
    ∂/∂xᵢ = A · exp(xᵢ − c) / S − Dᵢ,   Dᵢ = what the targets weigh, A = Σ D + 2 · z_loss · log Z

The terms of S that are 1 are counted, the others added: log S = log1p(S − 1) and p_y − 1 = −(S − 1) / S keep their
digits on rows that are right with confidence. Sums are float32 over 256 numbers, float64 from there on.

A row at a time; but of few classes, and of images whose classes lie apart, a block of rows at a time, so that SIMD runs
across the rows (:mod:`byhand.kernels.numba.losses.calls`). Gradients lie as torch's do: contiguous, in the order of the
logits' dimensions.
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
from byhand.kernels._backward import check_unchanged, differentiate, factor, resolved
from byhand.kernels.numba.losses.calls import Options, call_for
from byhand.kernels.numba.losses.few_classes import FEW
from byhand.kernels.numba.losses.small import ONE, SMALL, whole, whole_with_options
from byhand.kernels.numba.runtime.blocks import room_for
from byhand.kernels.numba.runtime.memory import address_of, tensor_of, why_not
from byhand.kernels.numba.runtime.openmp import spread

WORK = 1 << 15  # logits that are worth a thread
WIDE = (torch.float32, torch.float64)

Array = np.ndarray[Any, np.dtype[Any]]


def refuses(input: Tensor, target: Tensor, weight: Tensor | None = None) -> str:
    """Why this can't be computed here, or ``""``."""
    others = (target,) if weight is None else (target, weight)
    if reason := why_not(input, *others):
        return reason
    if torch.is_grad_enabled() and any(x.requires_grad for x in others[1:]):
        return "it computes no gradients to `weight`"
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
    """What ``formula`` computes of the other arguments; it serves where a gradient is to be differentiated again."""
    rest = (target, weight, ignore_index, reduction, label_smoothing, z_loss)
    if not (input.data_ptr() and target.data_ptr() and (weight is None or weight.data_ptr())):
        for argument, x in {"input": input, "target": target, "weight": weight}.items():  # there are no numbers;
            if x is not None:  # or no more, if the call was not looked at
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
    """The loss, and its gradient in the place of ``input``, for an upstream gradient of 1 or of one number a row."""
    ups = ONE if up is None else up.double().reshape(-1)
    return compute(ups, input, target, weight, ignore_index, reduction, label_smoothing, 0.0, into=input)[0]


cross_entropy.in_place = in_place  # type: ignore[attr-defined]  # for who made the logits, and needs them no more


class CrossEntropy(torch.autograd.Function):
    """The loss, with the gradient at hand when it is asked for with an upstream gradient of 1."""

    @staticmethod
    def forward(
        ctx: Any, formula: Callable[..., Tensor], input: Tensor, target: Tensor, rest: tuple[Any, ...]
    ) -> Tensor:
        """Compute the gradient too, unless each row of many will have its own upstream gradient."""
        weight, *options = rest
        ctx.save_for_backward(input, target, weight)
        ctx.formula, ctx.options, each = formula, options, options[1] == "none"
        ctx.multiplies = each and (input.numel() <= SMALL or input.shape[-1] <= FEW) and input.dtype in WIDE
        later = not ctx.needs_input_grad[1] or (each and not ctx.multiplies)
        loss, ctx.grad, ctx.value = compute(None if later else ONE, input, target, weight, *options)
        return loss

    @staticmethod
    def backward(ctx: Any, *ups: Tensor) -> tuple[Tensor | None, ...]:
        """Hand over the gradients: whoever gets them may add to them in place."""
        (up,) = ups
        grad, ctx.grad = ctx.grad, None
        wanted, recorded = ctx.needs_input_grad[1:3], torch.is_grad_enabled()
        if grad is not None and not recorded and not wanted[1]:
            by = multiplier(up, grad, ctx.multiplies)
            if by is not None:
                return None, multiplied(grad, by), None, None
        tensors, up = ctx.saved_tensors, resolved(up)
        if recorded or not fits(up, *tensors, *ctx.options):
            (grad, of_target), loss = differentiate(lambda *x: ctx.formula(*x, *ctx.options), tensors, wanted, up)
            check_unchanged(ctx.value, loss)
            return None, grad, of_target, None
        by = multiplier(up, tensors[0], ctx.multiplies)
        if grad is None or by is None:
            by = by if ctx.multiplies else None  # as the first time, so that both have the same roundings
            above = up.double().reshape(-1) if by is None else ONE
            loss, grad, _ = compute(above if wanted[0] else None, *tensors, *ctx.options)
            check_unchanged(ctx.value, loss)
        if grad is not None and by is not None:
            grad = multiplied(grad, by)
        return None, grad, target_gradient(up, *tensors, *ctx.options) if wanted[1] else None, None


def multiplier(up: Tensor, grad: Tensor, each: bool) -> Tensor | float | None:
    """What a gradient for an upstream gradient of 1 is multiplied by; None if that is not known.

    Rows that are ignored stay 0, as long as their own upstream gradient is finite.
    """
    if not each:
        return factor(up)
    good = not why_not(up) and up.shape == grad.shape[:-1] and isfinite(up.sum().item())
    return up.unsqueeze(-1) if good else None


def multiplied(grad: Tensor, by: Tensor | float) -> Tensor:
    """In place."""
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
    """∂/∂t of class probabilities, −(1 − ε) · w · log p: with torch, since log p is all there is to it."""
    log_p = input.detach().to(torch.promote_types(input.dtype, torch.float32)).log_softmax(-1)
    if log_p.numel() and log_p.min() == -torch.inf:  # what weighs nothing has no gradient there
        weightless = target * (1 - eps) + eps / input.shape[-1] == 0
        weightless = weightless if weight is None else weightless | (weight == 0)
        log_p.masked_fill_(weightless & (log_p == -torch.inf), 0)
    by = -(1 - eps) * up.detach()
    by = by.unsqueeze(-1) if reduction == "none" else by / input.shape[:-1].numel() if reduction == "mean" else by
    log_p.mul_(by if weight is None else by * weight.detach().to(log_p.dtype))
    return log_p.to(target.dtype)


def fits(up: Tensor, input: Tensor, target: Tensor, weight: Tensor | None, _: int, reduction: str, *rest: Any) -> bool:
    """Whether the kernels can read an upstream gradient, and what hooks on saved tensors may have made of the rest."""
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
    """The loss and, if there is an upstream gradient ``up`` of one number or one a row, the gradient.

    Last comes an array that begins with the numbers of the loss, and that nobody else has.

    ``into`` is where to write it: nowhere but into ``input`` itself, whose rows are contiguous.
    """
    plain = weight is None and not (eps or z_loss)
    small = into is None and input.ndim <= 2 and 0 < input.numel() <= SMALL
    if small and input.is_contiguous() and target.is_contiguous():
        found = None
        if plain and input.ndim == 2 and target.ndim == 1 and reduction != "none":
            if up is None or up is ONE:
                found = whole(input, target, ignore_index, reduction == "mean", up is not None)
        elif input.shape[-1] <= FEW:
            found = whole_with_options(up, input, target, weight, ignore_index, reduction, eps, z_loss)
        if found is not None:
            return found
    R, C, soft, each = input.shape[:-1].numel(), input.shape[-1], target.ndim == input.ndim, reduction == "none"
    wide = torch.promote_types(input.dtype, torch.float32)
    w = None if weight is None else weight.detach().to(wide).contiguous()
    kept = share = float(R)
    if not soft:
        target = target.reshape(-1).contiguous()
        kept, share = shares(target.numpy(), C, w, ignore_index)
    all_weights = float(C) if w is None else float(w.numpy().sum(dtype=np.float64))
    ups, (of_loss, of_z) = ONE if up is None else up.contiguous(), scales(reduction, share, kept)
    options = Options(int(ups.numel() > 1), each, ignore_index, all_weights, z_loss, of_loss, of_z)
    call = call_for(input, target, w, eps, options, up is not None, into is not None)
    grad, past = room(input, call.apart) if into is None and up is not None else (into, None)
    loss = np.empty(R if each else call.units)
    z = np.empty(loss.size if z_loss else 0)
    wanted = ups.data_ptr(), address_of(loss), address_of(z), past, 0 if grad is None else grad.data_ptr()
    grain = WORK // (C * call.unit) + 1 if C else 1
    spread(call.kernel, (*call.arguments, *wanted), call.units, grain, call.scratch * wide.itemsize)
    if grad is not None and into is None:
        grad = laid_as_torchs(grad, call.apart)
    if each:
        value = loss + z if z_loss else loss
        return tensor_of(value, input.shape[:-1], wide), grad, value
    value = np.array([loss.sum() * of_loss + (z.sum() * of_z if z_loss else 0.0)])
    return torch.scalar_tensor(value[0], dtype=wide, device="cpu"), grad, value


def room(input: Tensor, apart: bool) -> tuple[Tensor, bool | None]:
    """Where the gradient goes, and whether past the caches: as (N, C, d₁, …) lies, or as rows."""
    return room_for(input.movedim(-1, 1) if apart else input)


def laid_as_torchs(grad: Tensor, apart: bool) -> Tensor:
    """The gradient with the classes last, contiguous as (N, C, d₁, …) is."""
    if apart:
        return grad.movedim(1, -1)
    return grad if grad.ndim <= 2 else grad.movedim(-1, 1).contiguous().movedim(1, -1)


def scales(reduction: str, share: float, kept: float) -> tuple[float, float]:
    """What the sums over rows are multiplied by: that of the losses, and that of the z parts."""
    if reduction != "mean":
        return 1.0, 1.0
    return 1 / share if share else np.nan, 1 / kept if kept else np.nan


def shares(y: Array, C: int, w: Tensor | None, ignore_index: int) -> tuple[float, float]:
    """How many rows are kept, and the sum of their weights; refuses classes that are none."""
    if y.view(np.uint64).max() >= C or 0 <= ignore_index < C:  # what is negative is large there
        y = y[y != ignore_index]
        wrong = y[(y < 0) | (y >= C)]
        if wrong.size:
            raise must_be("target", "cross_entropy", f"`ignore_index` or a class in [0, {C})", wrong[0], IndexError)
    return float(y.size), float(y.size) if w is None else float(w.numpy()[y].sum(dtype=np.float64))
