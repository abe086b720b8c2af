"""KL divergence: :func:`byhand.losses.kl_divergence`, its gradients written in the forward pass.

For R rows of K numbers of b bytes, 2·R·K·b must be read, and R·K·b written for each gradient that is wanted; that is
what moves, for rows stay in the cache while they are needed.

Of rows that are normalised here the terms are p · φ(q / p), φ(t) = t − 1 − log t: the sum of q − p is 0, and none is
negative. With s = (q − p) / (q + p) near 0, log t = 2 · (s + a) of a ≈ s³ / 3, and p · φ = s² · (p + q) − 2 · p · a;
with r = log t, φ = exp r − 1 − r is a polynomial that begins with ½r²: no digit cancels where p ≈ q. Rows that are
taken as they are have the plain terms, p · log(p / q), by the same s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from byhand.kernels._backward import check_unchanged, differentiate, factor, resolved
from byhand.kernels.numba.losses.divergence import share_of_probs, share_of_weights
from byhand.kernels.numba.losses.divergence_of_logits import share_of_logits
from byhand.kernels.numba.losses.divergence_of_logs import share_of_logs
from byhand.kernels.numba.losses.rows import scratch_size
from byhand.kernels.numba.runtime.blocks import room_for
from byhand.kernels.numba.runtime.memory import STORED, address_of, in_order, rows_of, tensor_of, why_not
from byhand.kernels.numba.runtime.openmp import spread

WORK = 1 << 15  # numbers that are worth a thread
ONE = torch.ones(1, dtype=torch.float64, device="cpu")  # the upstream gradient of a divergence that nothing is done to

Array = np.ndarray[Any, np.dtype[Any]]

KERNELS: dict[str, tuple[Any, ...]] = {
    "probs": (share_of_probs,),
    "weights": (share_of_weights,),
    "log_probs": (share_of_logs, None),
    "logits": (share_of_logits,),
    "p and log_q": (share_of_logs, True),
}
"""Each with what comes first among its arguments."""

BY_NUMBER = ("probs", "log_probs", "p and log_q")  # their sums do not depend on which row a number is in
LONG = 1 << 12  # numbers of what then is a row


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
        up = None if "none" in options else ONE
        loss, *ctx.grads, ctx.value = compute(up, ctx.wanted, p, q, *options)
        return loss

    @staticmethod
    def backward(ctx: Any, *ups: Tensor) -> tuple[Tensor | None, ...]:
        """Hand over the gradients: whoever gets them may add to them in place."""
        (up,) = ups
        given, temperature, reduction = ctx.options
        grads, ctx.grads = ctx.grads, None
        recorded, at_hand = torch.is_grad_enabled(), grads is not None and reduction != "none"
        if at_hand and not recorded and (by := factor(up)) is not None:
            return None, *(g if g is None or by == 1 else g.mul_(by) for g in grads), None, None, None
        tensors, up = ctx.saved_tensors, resolved(up)
        if recorded or not fits(up, *tensors, *ctx.options):
            grads, loss = differentiate(lambda *x: ctx.formula(*x, *ctx.options), tensors, ctx.wanted, up)
        else:
            loss, *grads, _ = compute(up.double().reshape(-1), ctx.wanted, *tensors, *ctx.options)
        if given == "logits":  # others have no scale of their own, by which to tell a rounding from a change
            check_unchanged(ctx.value, loss, max(1.0, temperature**2))
        return None, *grads, None, None, None


def fits(up: Tensor, p: Tensor, q: Tensor, _: str, __: float, reduction: str) -> bool:
    """Whether the kernels can read an upstream gradient, and what hooks on saved tensors may have made of p and q."""
    rows = p.shape[:-1] if reduction == "none" else ()
    return not why_not(up, p, q) and p.shape == q.shape and p.dtype == q.dtype and up.shape == rows


def compute(
    up: Tensor | None,
    wanted: tuple[bool, bool],
    p: Tensor,
    q: Tensor,
    given: str,
    temperature: float,
    reduction: str,
) -> tuple[Tensor, Tensor | None, Tensor | None, Array]:
    """The divergence and, if there is an upstream gradient ``up`` of one number or one a row, the gradients wanted.

    Last comes an array that begins with the numbers of the divergence, and that nobody else has.
    """
    R, K = p.shape[:-1].numel(), p.shape[-1] if p.ndim else 1
    first = p.shape[0] if p.ndim > 1 else 1
    share = {"none": 1, "sum": 1, "mean": R, "batchmean": first, "of all numbers": R * K}[reduction]
    wanted, up = (wanted, up) if up is not None and any(wanted) else ((False, False), None)
    ups = None if up is None else up.contiguous()
    up_at, up_step = (None, 0) if ups is None else (ups.data_ptr(), int(ups.numel() > 1))
    a = b = None
    if given in BY_NUMBER and reduction != "none" and p.stride() == q.stride():
        a, b = in_order(p), in_order(q)
    if a is None or b is None:
        a, b = rows_of(p), rows_of(q)
    rooms = [room_for(x) if want else (None, True) for x, want in zip((a, b), wanted, strict=True)]
    grads, past = [grad for grad, _ in rooms], (any(wanted) and all(touched for _, touched in rooms)) or None
    kernel, *extra = KERNELS[given]
    wide, losses = torch.promote_types(p.dtype, torch.float32), []
    for begin, rows, width in [(0, R, K)] if a.ndim == 2 else rows_in_order(a.numel()):
        steps = (a.stride(0), b.stride(0)) if a.ndim == 2 else (width, width)
        at = [0 if x is None else x.data_ptr() + begin * x.itemsize for x in (a, b, *grads)]
        losses.append(np.empty(rows))
        options = width, *steps, up_step, 1 / temperature, temperature**2 / share
        given_at = *extra, at[0], at[1], STORED[p.dtype], options
        arguments = *given_at, up_at, address_of(losses[-1]), past, at[2], at[3]
        spread(kernel, arguments, rows, WORK // width + 1, 2 * scratch_size(width) * wide.itemsize)
    grads = [None if g is None else laid_like(x, g, a.ndim == 1) for x, g in zip((p, q), grads, strict=True)]
    if reduction == "none":
        value = losses[0] * temperature**2
        return tensor_of(value, p.shape[:-1], wide), grads[0], grads[1], value
    total = sum(loss.sum() for loss in losses) * temperature**2 / share
    return torch.scalar_tensor(total, dtype=wide, device="cpu"), grads[0], grads[1], np.array([total])


def laid_like(x: Tensor, grad: Tensor, ordered: bool) -> Tensor:
    """The gradient to ``x``, whose numbers are in the order of rows or of memory, with its strides; as torch's is."""
    if ordered:
        return grad.as_strided(x.shape, x.stride())
    grad = grad.view(x.shape)
    if grad.stride() == x.stride() or in_order(x) is None:
        return grad
    return torch.empty_strided(x.shape, x.stride(), dtype=x.dtype, device="cpu").copy_(grad)


def rows_in_order(n: int) -> list[tuple[int, int, int]]:
    """Where rows begin, how many and how wide they are, of numbers that are added up in whatever order they lie."""
    rest = n % LONG
    return [(0, n // LONG, LONG), (n - rest, 1, rest)][n < LONG : 1 + (rest > 0)]
