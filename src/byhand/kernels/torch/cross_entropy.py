"""Cross-entropy of logits by torch's log-softmax, negative log-likelihood and log-sum-exp.

Torch's own loss differs from :func:`byhand.losses.cross_entropy` in three ways, which this kernel corrects:

- The gradient of an ignored row with nan or ∞ is nan in torch. Here the gradient of ignored rows is set to 0, in place.
- A class of weight or target probability 0 and of probability 0 has a loss of nan in torch. Here weights of classes
  multiply the losses of rows, and :class:`Expected` the logarithms, where 0 · −∞ is set to 0.
- 16-bit logits are computed in float32, and the result is rounded once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import log_softmax, nll_loss

from byhand._check import must_be
from byhand.kernels.torch.losses import calls
from byhand.kernels.torch.losses.calls import wide


def refuses(input: Tensor, target: Tensor, weight: Tensor | None = None) -> str:
    """Why the kernel can't take these tensors, or ``""``."""
    return calls.refuses(input, target, *(() if weight is None else (weight,)))


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
    """The result of ``formula``, which itself serves where weights with smoothed targets need a gradient."""
    smoothed_weight = label_smoothing > 0 and weight is not None and weight.requires_grad
    if smoothed_weight or calls.refuses(input, target):
        return formula(input, target, weight, ignore_index, reduction, label_smoothing, z_loss)
    x = input.movedim(-1, 1) if input.ndim > 2 else input
    x = x.to(wide(x.dtype)) if z_loss else x  # then both gradients are added before they are rounded
    if target.is_floating_point():
        t = target.movedim(-1, 1) if input.ndim > 2 else target
        loss = of_probabilities(x, t, weight, label_smoothing)
        loss = loss + z_of(x.to(loss.dtype), z_loss) if z_loss else loss
        return loss if reduction == "none" else loss.mean() if reduction == "mean" else loss.sum()
    if x.requires_grad and torch.is_grad_enabled():
        x = ZeroIgnored.apply(x, target, ignore_index)  # type: ignore[no-untyped-call]
    loss = of_classes(x, target, weight, ignore_index, reduction, label_smoothing)
    if not z_loss:
        return loss
    kept = target != ignore_index
    z = z_of(x, z_loss).masked_fill(~kept, 0)
    return loss + (z if reduction == "none" else z.sum() / kept.sum() if reduction == "mean" else z.sum())


def of_classes(
    x: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str, label_smoothing: float
) -> Tensor:
    """The reduced loss without z-loss; classes are in dimension 1, or 0 of a single row."""
    log_p = log_softmax(x, class_dim(x), dtype=wide(x.dtype))
    if weight is None and not label_smoothing:
        return _nll(log_p, target, ignore_index, reduction)
    loss, kept = _nll(log_p, target, ignore_index, "none"), target != ignore_index
    share = kept
    if weight is not None:
        weight = weight.to(loss.dtype)
        share = weight.gather(0, target.where(kept, 0).reshape(-1)).reshape(target.shape).where(kept, 0)
        loss = share * loss.masked_fill((share == 0) & (loss == torch.inf), 0)
    if label_smoothing:
        every = -log_p.sum(class_dim(x)) if weight is None else Expected.apply(log_p, along_classes(weight, log_p))  # type: ignore[no-untyped-call]
        spread = (label_smoothing / log_p.shape[class_dim(x)]) * every.masked_fill(~kept, 0)
        loss = (1 - label_smoothing) * loss + spread if label_smoothing < 1 else spread  # 0 · ∞ is 0
    if reduction == "none":
        return loss
    return loss.sum() / share.sum() if reduction == "mean" else loss.sum()


def of_probabilities(x: Tensor, t: Tensor, weight: Tensor | None, label_smoothing: float) -> Tensor:
    """The loss of each row without z-loss; classes are in dimension 1, or 0 of a single row."""
    dtype = torch.promote_types(wide(x.dtype), t.dtype)
    dtype = dtype if weight is None else torch.promote_types(dtype, weight.dtype)
    t = t.to(dtype)
    if label_smoothing:
        t = t.mul(1 - label_smoothing).add_(label_smoothing / t.shape[class_dim(t)])
    if weight is not None:
        t = t * along_classes(weight.to(dtype), t)
    return Expected.apply(log_softmax(x, class_dim(x), dtype=dtype), t)  # type: ignore[no-any-return,no-untyped-call]


def z_of(x: Tensor, z_loss: float) -> Tensor:
    """The z-loss of each row."""
    return z_loss * x.logsumexp(class_dim(x)).square()


def class_dim(x: Tensor) -> int:
    """The dimension of the classes, as torch has it."""
    return min(x.ndim - 1, 1)


def along_classes(weight: Tensor, like: Tensor) -> Tensor:
    """The weight of each class as a view of the shape of ``like``."""
    return weight.reshape(-1, *[1] * max(like.ndim - 2, 0)).expand_as(like)


class Expected(torch.autograd.Function):
    """−Σ t · log p over the classes, where 0 · −∞ is 0, in the term and in its gradient; differentiable in both."""

    @staticmethod
    def forward(ctx: Any, log_p: Tensor, t: Tensor) -> Tensor:
        """The sum of each row."""
        ctx.save_for_backward(log_p, t)
        return finite(log_p, t).mul_(t).sum(class_dim(t)).neg_()

    @staticmethod
    def backward(ctx: Any, *ups: Tensor) -> tuple[Tensor | None, Tensor | None]:
        """The gradients, by operations that can be differentiated again."""
        log_p, t = ctx.saved_tensors
        up = -ups[0].unsqueeze(class_dim(t))
        to_log_p, to_t = ctx.needs_input_grad
        return up * t if to_log_p else None, up * finite(log_p, t) if to_t else None


def finite(log_p: Tensor, t: Tensor) -> Tensor:
    """A copy of log p that is 0 where p and t are 0."""
    return log_p.masked_fill((t == 0) & (log_p == -torch.inf), 0)


class ZeroIgnored(torch.autograd.Function):
    """The logits; in the backward pass the gradients of ignored rows become 0, also where they are nan."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, target: Tensor, ignore_index: int) -> Tensor:
        """The same logits."""
        ctx.save_for_backward(target)
        ctx.ignore_index = ignore_index
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *ups: Tensor) -> tuple[Tensor, None, None]:
        """The gradient, changed in place: it has just been computed, and nothing else refers to it."""
        (up,), (target,) = ups, ctx.saved_tensors
        ignored = (target == ctx.ignore_index).unsqueeze(class_dim(up))
        return (up.masked_fill if torch.is_grad_enabled() else up.masked_fill_)(ignored, 0), None, None


def _nll(log_p: Tensor, target: Tensor, ignore_index: int, reduction: str) -> Tensor:
    try:
        return nll_loss(log_p, target, ignore_index=ignore_index, reduction=reduction)
    except IndexError as error:  # only the CPU says so; other devices assert
        required = f"`ignore_index` or a class in [0, {log_p.shape[class_dim(log_p)]})"
        raise must_be("target", "cross_entropy", required, re.findall(r"-?\d+", str(error))[0], IndexError) from None
