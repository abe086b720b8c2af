"""Cross-entropy of logits and classes by torch's log-softmax and negative log-likelihood.

Torch's own loss differs from :func:`byhand.losses.cross_entropy` in three ways, which this kernel corrects:

- The gradient of an ignored row with nan or ∞ is nan in torch. Here the gradient of ignored rows is set to 0, in place.
- A class of weight 0 and probability 0 has a loss of nan in torch. Here weights multiply the losses of rows, where the
  product is set to 0; for smoothed targets, where they multiply all logarithms, the formula serves.
- 16-bit logits are computed in float32, and the result is rounded once.

For class probabilities torch's 0 · log 0 is nan too, so the formula serves.
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
    if target.is_floating_point():
        return "torch's loss of class probabilities has no 0 · log 0"
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
    """The result of ``formula``, which itself serves for ``z_loss``, and for weights with smoothed targets."""
    if z_loss or (label_smoothing and weight is not None) or calls.refuses(input, target):
        return formula(input, target, weight, ignore_index, reduction, label_smoothing, z_loss)
    classes = 1 if input.ndim > 1 else 0
    x = input.movedim(-1, 1) if input.ndim > 2 else input
    if x.requires_grad and torch.is_grad_enabled():
        x = ZeroIgnored.apply(x, target, ignore_index)  # type: ignore[no-untyped-call]
    log_p = log_softmax(x, classes, dtype=wide(input.dtype))
    if weight is None and not label_smoothing:
        return _nll(log_p, target, ignore_index, reduction)
    loss, kept = _nll(log_p, target, ignore_index, "none"), target != ignore_index
    share = kept
    if weight is not None:
        share = weight.to(loss.dtype).gather(0, target.where(kept, 0).reshape(-1)).reshape(target.shape).where(kept, 0)
        loss = share * loss.masked_fill((share == 0) & (loss == torch.inf), 0)
    if label_smoothing:
        spread = (label_smoothing / log_p.shape[classes]) * log_p.sum(classes).masked_fill(~kept, 0)
        loss = (1 - label_smoothing) * loss - spread
    if reduction == "none":
        return loss
    return loss.sum() / share.sum() if reduction == "mean" else loss.sum()


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
        """The gradient, changed in place: the log-softmax has just computed it, and nothing else refers to it."""
        (up,), (target,) = ups, ctx.saved_tensors
        ignored = (target == ctx.ignore_index).unsqueeze(min(up.ndim - 1, 1))
        return (up.masked_fill if torch.is_grad_enabled() else up.masked_fill_)(ignored, 0), None, None


def _nll(log_p: Tensor, target: Tensor, ignore_index: int, reduction: str) -> Tensor:
    try:
        return nll_loss(log_p, target, ignore_index=ignore_index, reduction=reduction)
    except IndexError as error:  # only the CPU says so; other devices assert
        required = f"`ignore_index` or a class in [0, {log_p.shape[min(log_p.ndim - 1, 1)]})"
        raise must_be("target", "cross_entropy", required, re.findall(r"-?\d+", str(error))[0], IndexError) from None
