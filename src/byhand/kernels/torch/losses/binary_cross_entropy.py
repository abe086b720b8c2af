"""Binary cross-entropy of logits by few of torch's operations; torch's own loss is nan for x = ±∞, and rounds to 0.

    a = |x|,   ℓ = log(1 + exp(−a)),   with w₁ = c · t and w₀ = 1 − t:
    loss  = (w₀ + w₁) · ℓ + a · (w₀ if x > 0 else w₁)
    ∂/∂x  = w₀ · σ(x) − w₁ · σ(−x)

No near-equal numbers are subtracted, except as the targets require. The derivatives are computed in the backward pass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import softplus

from byhand.kernels._backward import all_plain, differentiate
from byhand.kernels.torch.losses import calls
from byhand.kernels.torch.losses.calls import wide


def refuses(input: Tensor, target: Tensor, *weights: Tensor) -> str:
    """Why the kernel can't take these tensors, or ``""``."""
    if torch.is_grad_enabled() and any(x.requires_grad for x in (target, *weights)):
        return "it computes gradients of `input` alone"
    return calls.refuses(input, target, *weights)


def binary_cross_entropy(
    formula: Callable[..., Tensor],
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    pos_weight: Tensor | None,
    reduction: str,
) -> Tensor:
    """The result of ``formula``. ``formula`` itself serves for gradients of gradients."""
    if calls.refuses(input, target):  # the cached fast path skips that check
        return formula(input, target, weight, pos_weight, reduction)
    if input.requires_grad and torch.is_grad_enabled():
        return BinaryCrossEntropy.apply(formula, input, (target, weight, pos_weight, reduction))  # type: ignore
    return loss_of(input, target, weight, pos_weight, reduction)


class BinaryCrossEntropy(torch.autograd.Function):
    """The loss, differentiable in the logits."""

    @staticmethod
    def forward(ctx: Any, formula: Callable[..., Tensor], input: Tensor, rest: tuple[Any, ...]) -> Tensor:
        """The loss."""
        *tensors, ctx.reduction = rest
        ctx.save_for_backward(input, *tensors)
        ctx.formula = formula
        return loss_of(input, *rest)

    @staticmethod
    def backward(ctx: Any, *ups: Tensor) -> tuple[Tensor | None, ...]:
        """The gradient of the logits."""
        (up,), tensors = ups, ctx.saved_tensors
        if torch.is_grad_enabled() or not all_plain(up, *tensors):
            (grad,), _ = differentiate(lambda *x: ctx.formula(*x, ctx.reduction), tensors, [True], up)
            return None, grad, None
        input, target, weight, pos_weight = tensors
        x, positive, negative = operands(input, target, pos_weight)
        grad = x.sigmoid().mul_(negative).addcmul_(x.neg().sigmoid_(), positive, value=-1)
        if weight is not None:
            grad.mul_(weight)
        grad.mul_(up / input.numel() if ctx.reduction == "mean" else up)
        return None, grad.to(input.dtype), None


def operands(input: Tensor, target: Tensor, pos_weight: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    """The logits, and the weights of the classes 1 and 0, in the dtype to compute in."""
    dtype = wide(input.dtype)
    x, t = input.detach().to(dtype), target.to(dtype)
    return x, t if pos_weight is None else t * pos_weight.to(dtype), 1 - t


def loss_of(input: Tensor, target: Tensor, weight: Tensor | None, pos_weight: Tensor | None, reduction: str) -> Tensor:
    """The loss, without autograd."""
    x, positive, negative = operands(input, target, pos_weight)
    a, by = x.abs(), torch.where(x > 0, negative, positive)
    loss = softplus(-a)
    if pos_weight is not None:
        loss.mul_(positive + negative)
    loss.addcmul_(a.masked_fill_(by == 0, 0), by)  # 0 · ∞ is 0
    if weight is not None:
        loss.mul_(weight)
    return loss if reduction == "none" else loss.mean() if reduction == "mean" else loss.sum()
