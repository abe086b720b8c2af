"""KL divergence by few of torch's operations; torch's own loss is nan for 0 · log 0 where q is 0 too.

With r = log q − log p, or 1 where p = 0, a term and its derivatives are

    given as it is:     −p · r,                 ∂/∂ log q = −p,        ∂/∂ log p = p · (1 − r)
    normalised here:    p · (exp r − 1 − r)     ∂/∂ log q = q − p,     ∂/∂ log p = −p · r

The second has the same sum, because Σ (q − p) is 0. It is computed as q − p − p · r where r ≥ 1, where exp r may
overflow, and so is q where p = 0. Through a softmax over the row, the derivatives of logits z = T · log p are

    ∂/∂z_q = (q − p) / T,       ∂/∂z_p = p · (Σ p · r − r) / T

The derivatives are computed in the backward pass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from byhand.kernels._backward import all_plain, check_unchanged, differentiate
from byhand.kernels.torch.losses import calls
from byhand.kernels.torch.losses.calls import wide

refuses = calls.refuses


def kl_divergence(
    formula: Callable[..., Tensor], p: Tensor, q: Tensor, given: str, temperature: float, reduction: str
) -> Tensor:
    """The result of ``formula``. ``formula`` itself serves for single terms, and for gradients of gradients."""
    if reduction == "terms":
        return formula(p, q, given, temperature, reduction)
    if given == "weights" or (given == "probs" and temperature != 1):
        p, q = (
            (x.where(x != 0, 1).log().where(x != 0, -torch.inf)) for x in (p.to(wide(p.dtype)), q.to(wide(q.dtype)))
        )
        given = "logits"
    elif temperature != 1:
        given = "logits"
    options = given, temperature, reduction
    if torch.is_grad_enabled() and (p.requires_grad or q.requires_grad):
        return KLDivergence.apply(formula, p, q, options)  # type: ignore[no-any-return,no-untyped-call]
    p, q = logs_of(p.detach(), q.detach(), given, temperature)
    return divergence_of(p, q, *options)


class KLDivergence(torch.autograd.Function):
    """The divergence, differentiable in p and q."""

    @staticmethod
    def forward(
        ctx: Any, formula: Callable[..., Tensor], p: Tensor, q: Tensor, options: tuple[str, float, str]
    ) -> Tensor:
        """The divergence."""
        given, temperature, _ = options
        logs = logs_of(p, q, given, temperature)
        # The logarithms are kept, as torch keeps them: the gradients stay right if the logits change through ``.data``.
        ctx.save_for_backward(p, q, *(logs if given == "logits" else ()))
        ctx.formula, ctx.options = formula, options
        return divergence_of(logs[0], logs[1], *options)

    @staticmethod
    def backward(ctx: Any, *ups: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of p and q."""
        (up,), (p, q, *logs), wanted = ups, ctx.saved_tensors, ctx.needs_input_grad[1:3]
        if torch.is_grad_enabled() or not all_plain(up, p, q, *logs):
            grads, _ = differentiate(lambda *x: ctx.formula(*x, *ctx.options), (p, q), wanted, up)
            if logs and all_plain(up, p, q, *logs) and not p.is_meta:
                for kept, now in zip(logs, logs_of(p.detach(), q.detach(), *ctx.options[:2]), strict=True):
                    check_unchanged(kept.detach().cpu().double().numpy().reshape(-1), now.cpu())
            return None, *grads, None
        given, temperature, reduction = ctx.options
        by = temperature / divisor(p, reduction) if given == "logits" else 1 / divisor(p, reduction)
        up = up.to(wide(p.dtype)) * by if by != 1 else up.to(wide(p.dtype))
        up = up.unsqueeze(-1) if reduction == "none" and p.ndim else up
        slopes = slopes_of_logits if given == "logits" else slopes_as_given
        first, second = logs or (p, q)
        found = slopes(first, second, given, wanted)
        return None, *(None if x is None else x.mul_(up).to(p.dtype) for x in found), None


def divergence_of(p: Tensor, q: Tensor, given: str, temperature: float, reduction: str) -> Tensor:
    """The divergence, without autograd; of logits p and q are the logarithms."""
    p, q, r = terms_of(p, q, given)
    if given == "logits":
        terms = torch.where(r < 1, r.expm1().sub_(r).mul_(p), q.sub_(p).addcmul_(p, r, value=-1))
    else:
        terms = p.mul(r).neg_()
    total = terms.sum(-1) if reduction == "none" else terms.sum()
    by = temperature**2 / divisor(p, reduction)
    return total if by == 1 else total.mul_(by)


def divisor(p: Tensor, reduction: str) -> int:
    """What the sum of all rows is divided by."""
    first = p.shape[0] if p.ndim > 1 else 1
    return {"mean": p.shape[:-1].numel(), "batchmean": first, "of all numbers": p.numel()}.get(reduction, 1)


def logs_of(p: Tensor, q: Tensor, given: str, temperature: float) -> tuple[Tensor, Tensor]:
    """The logarithms of normalised p and q, if logits are given; else p and q as they are."""
    if given != "logits":
        return p, q
    p, q = (x.to(wide(x.dtype)) for x in (p, q))
    log_p, log_q = ((x / temperature if temperature != 1 else x).log_softmax(-1) for x in (p, q))
    return log_p, log_q


def terms_of(p: Tensor, q: Tensor, given: str) -> tuple[Tensor, Tensor, Tensor]:
    """The probabilities p; those of q, of logits alone; and r = log q − log p, or 1 where p is 0."""
    p, q = (x.to(wide(x.dtype)) for x in (p, q))
    if given == "logits":
        r, p, q = q - p, p.exp(), q.exp()
    elif given == "log_probs":
        r, p = q - p, p.exp()
    else:
        r = (q.log() if given == "probs" else q) - p.log()
    return p, q, r.masked_fill_(p == 0, 1)


def slopes_of_logits(p: Tensor, q: Tensor, given: str, wanted: tuple[bool, ...]) -> tuple[Tensor | None, Tensor | None]:
    """The derivatives of the divergence of a row in its logits, for the temperature 1, from the logarithms."""
    p, q, r = terms_of(p, q, given)
    of_p = of_q = None
    if wanted[0]:
        product = p * r
        of_p = p.mul(product.sum(-1, keepdim=True)).sub_(product)
    if wanted[1]:  # where r is small, the difference q − p is p · (exp r − 1), in which nothing cancels
        of_q = torch.where(r < 1, r.expm1().mul_(p), q.sub_(p))
    return of_p, of_q


def slopes_as_given(p: Tensor, q: Tensor, given: str, wanted: tuple[bool, ...]) -> tuple[Tensor | None, Tensor | None]:
    """The derivatives of each term in what is given."""
    of_p = of_q = None
    if wanted[1]:
        P = p.to(wide(p.dtype)) if given != "log_probs" else p.to(wide(p.dtype)).exp()
        of_q = -P if given != "probs" else (P / q).neg_().masked_fill_(P == 0, 0)
    if wanted[0]:
        P, _, r = terms_of(p, q, given)
        of_p = 1 - r
        if given == "log_probs":
            of_p.mul_(P)
    return of_p, of_q
