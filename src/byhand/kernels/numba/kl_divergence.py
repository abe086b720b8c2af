"""KL divergence: :func:`byhand.losses.kl_divergence`, its gradients computed in the forward pass.

For R rows of K numbers of b bytes, 2·R·K·b bytes must be read, and R·K·b written for each gradient. No more bytes are
moved, because a row stays in the cache while it is needed.

Rows that are normalised here, weights and logits, have terms p · φ(q / p), φ(t) = t − 1 − log t. They have the same sum
as p · log(p / q), because Σ (q − p) is 0, and none is negative. For weights, s = (q − p) / (q + p) is near 0 if p ≈ q;
then log t = 2 · (s + a), a ≈ s³ / 3, and p · φ = s² · (p + q) − 2 · p · a. For logits, r = log t, and φ = exp r − 1 − r
is a polynomial that begins with ½r². In both cases nothing cancels where p ≈ q. Rows that are not normalised here have
terms p · log(p / q), from the same s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from byhand.kernels._address import check_allocated
from byhand.kernels._backward import check_unchanged, differentiate, resolved, scalar_value
from byhand.kernels.numba.losses.divergence import parallel_probs, parallel_weights, store_losses
from byhand.kernels.numba.losses.divergence_of_logits import parallel_logits
from byhand.kernels.numba.losses.divergence_of_logs import parallel_logs
from byhand.kernels.numba.losses.logit_columns import blocks_of, by_columns
from byhand.kernels.numba.losses.rows import scratch_size
from byhand.kernels.numba.losses.terms import in_one_order, terms
from byhand.kernels.numba.runtime.blocks import output_like
from byhand.kernels.numba.runtime.memory import STORED, address_of, as_rows, in_memory_order, tensor_of, why_not
from byhand.kernels.numba.runtime.openmp import run_in_threads

WORK = 1 << 15  # numbers that are worth a thread
SMALL = 1 << 12  # numbers up to which fewer steps in Python are faster
ONE = torch.ones(1, dtype=torch.float64, device="cpu")  # the upstream gradient of ``divergence.backward()``

Array = np.ndarray[Any, np.dtype[Any]]

KERNELS: dict[str, tuple[Any, ...]] = {
    "probs": (parallel_probs,),
    "weights": (parallel_weights,),
    "log_probs": (parallel_logs, None),
    "logits": (parallel_logits,),
    "p and log_q": (parallel_logs, True),
}
"""For each kind of input its kernel, and the kernel's first arguments if it has special ones."""

ELEMENTWISE = ("probs", "log_probs", "p and log_q")  # their total does not depend on which row a number is in
ROW_LENGTH = 1 << 12  # numbers in each of the rows into which such tensors are divided


def refuses(p: Tensor, q: Tensor) -> str:
    """Why the kernel can't take these tensors, or ``""``."""
    return why_not(p, q)


def kl_divergence(
    formula: Callable[..., Tensor], p: Tensor, q: Tensor, given: str, temperature: float, reduction: str
) -> Tensor:
    """The result of ``formula``. ``formula`` itself serves for empty tensors, and for gradients of gradients."""
    if not (p.data_ptr() and q.data_ptr()):  # empty; or freed, since the cached fast path skips that check
        check_allocated("kl_divergence", "p", p)
        check_allocated("kl_divergence", "q", q)
        return formula(p, q, given, temperature, reduction)
    if reduction == "terms":
        return terms(formula, p, q, given)
    if temperature != 1 and given in ("probs", "weights"):
        wide = torch.promote_types(p.dtype, torch.float32)
        p, q = ((x.where(x != 0, 1).log().where(x != 0, -torch.inf)) for x in (p.to(wide), q.to(wide)))
    if temperature != 1:
        given = "logits"
    if torch.is_grad_enabled() and (p.requires_grad or q.requires_grad):
        return KLDivergence.apply(formula, p, q, given, temperature, reduction)  # type: ignore[no-any-return]
    return compute(None, (False, False), p, q, given, temperature, reduction)[0]


class KLDivergence(torch.autograd.Function):
    """The divergence; its gradients for an upstream gradient of 1 are computed in the forward pass."""

    @staticmethod
    def forward(ctx: Any, formula: Callable[..., Tensor], p: Tensor, q: Tensor, *options: Any) -> Tensor:
        """Compute the divergence; and the gradients, unless each row will have its own upstream gradient."""
        ctx.save_for_backward(p, q)
        ctx.formula, ctx.options, ctx.needs_grad = formula, options, ctx.needs_input_grad[1:3]
        up = None if "none" in options else ONE
        loss, *ctx.grads, ctx.value = compute(up, ctx.needs_grad, p, q, *options)
        return loss

    @staticmethod
    def backward(ctx: Any, *ups: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients. They are not kept: autograd may change them in place."""
        (up,) = ups
        given, temperature, reduction = ctx.options
        grads, ctx.grads = ctx.grads, None
        recorded, computed = torch.is_grad_enabled(), grads is not None and reduction != "none"
        if computed and not recorded and (by := scalar_value(up)) is not None:
            return None, *(g if g is None or by == 1 else g.mul_(by) for g in grads), None, None, None
        tensors, up = ctx.saved_tensors, resolved(up)
        if recorded or not can_read(up, *tensors, *ctx.options):
            grads, loss = differentiate(lambda *x: ctx.formula(*x, *ctx.options), tensors, ctx.needs_grad, up)
        else:
            loss, *grads, _ = compute(up.double().reshape(-1), ctx.needs_grad, *tensors, *ctx.options)
        if given == "logits":  # for other inputs, no tolerance separates rounding errors from changes
            check_unchanged(ctx.value, loss, max(1.0, temperature**2))
        return None, *grads, None, None, None


def can_read(up: Tensor, p: Tensor, q: Tensor, _: str, __: float, reduction: str) -> bool:
    """Whether the kernels can read the upstream gradient, and the saved p and q, which hooks may have replaced."""
    rows = p.shape[:-1] if reduction == "none" else ()
    return not why_not(up, p, q) and p.shape == q.shape and p.dtype == q.dtype and up.shape == rows


def compute(
    up: Tensor | None,
    needs_grad: tuple[bool, bool],
    p: Tensor,
    q: Tensor,
    given: str,
    temperature: float,
    reduction: str,
) -> tuple[Tensor, Tensor | None, Tensor | None, Array]:
    """The divergence; and the gradients where ``needs_grad`` is true, unless ``up`` is None.

    ``up`` is the upstream gradient, one number or one for each row. The last result is an array that begins with the
    values of the divergence; no tensor shares its memory.
    """
    R, K = p.shape[:-1].numel(), p.shape[-1] if p.ndim else 1
    divisor = divisor_of(p, R, K, reduction)
    needs_grad, up = (needs_grad, up) if up is not None and any(needs_grad) else ((False, False), None)
    ups = None if up is None else up.contiguous()
    up_at, up_step = (None, 0) if ups is None else (ups.data_ptr(), int(ups.numel() > 1))
    by = temperature**2 / divisor
    if R * K <= SMALL:
        return few(up_at, up_step, needs_grad, p, q, given, temperature, reduction, by)
    if given == "logits" and (blocks := blocks_of(p, q)) is not None:
        loss, *grads, value = by_columns(blocks, up_at, up_step, needs_grad, p, q, temperature, reduction, by)
        of_p, of_q = (None if g is None else in_layout_of(x, g, False) for x, g in zip((p, q), grads, strict=True))
        return loss, of_p, of_q, value
    a = b = None
    if given in ELEMENTWISE and reduction != "none" and p.stride() == q.stride():
        a, b = in_memory_order(p), in_memory_order(q)
    if a is None or b is None:
        a, b = as_rows(p), as_rows(q)
    buffers = [output_like(x) if needed else (None, True) for x, needed in zip((a, b), needs_grad, strict=True)]
    grads, nontemporal = (
        [grad for grad, _ in buffers],
        (any(needs_grad) and all(reused for _, reused in buffers)) or None,
    )
    kernel, *extra = KERNELS[given]
    wide, losses = torch.promote_types(p.dtype, torch.float32), []
    for begin, rows, width in [(0, R, K)] if a.ndim == 2 else split_into_rows(a.numel()):
        steps = (a.stride(0), b.stride(0)) if a.ndim == 2 else (width, width)
        at = [0 if x is None else x.data_ptr() + begin * x.itemsize for x in (a, b, *grads)]
        losses.append(np.empty(rows))
        options = width, *steps, up_step, 1 / temperature, by
        given_at = *extra, at[0], at[1], STORED[p.dtype], options
        arguments = *given_at, up_at, address_of(losses[-1]), nontemporal, at[2], at[3]
        run_in_threads(kernel, arguments, rows, WORK // width + 1, 2 * scratch_size(width) * wide.itemsize)
    grads = [None if g is None else in_layout_of(x, g, a.ndim == 1) for x, g in zip((p, q), grads, strict=True)]
    if reduction == "none":
        value = losses[0] * temperature**2
        return tensor_of(value, p.shape[:-1], wide), grads[0], grads[1], value
    total = sum(loss.sum() for loss in losses) * by
    return torch.scalar_tensor(total, dtype=wide, device="cpu"), grads[0], grads[1], np.array([total])


def divisor_of(p: Tensor, R: int, K: int, reduction: str) -> int:
    """What the sum of all rows is divided by."""
    if reduction == "mean":
        return R
    if reduction == "batchmean":
        return p.shape[0] if p.ndim > 1 else 1
    return R * K if reduction == "of all numbers" else 1


def few(
    up_at: int | None,
    up_step: int,
    needs_grad: tuple[bool, bool],
    p: Tensor,
    q: Tensor,
    given: str,
    temperature: float,
    reduction: str,
    by: float,
) -> tuple[Tensor, Tensor | None, Tensor | None, Array]:
    """As :func:`compute`, for so few numbers that each step in Python takes as long as the kernel."""
    n, K, each = p.numel(), p.shape[-1] if p.ndim else 1, reduction == "none"
    R, K = (1, n) if given in ELEMENTWISE and not each else (n // K, K)
    a, b = in_one_order(p, q) if R == 1 else (p.contiguous(), q.contiguous())
    wide = torch.float64 if p.dtype is torch.float64 else torch.float32
    loss = torch.empty(p.shape[:-1] if each else (), dtype=wide, device="cpu")
    grads = [torch.empty_like(x) if needed else None for x, needed in zip((a, b), needs_grad, strict=True)]
    losses = np.empty(R + 2 * scratch_size(K))
    losses_at = address_of(losses)
    kernel, *extra = KERNELS[given]
    options = K, K, K, up_step, 1 / temperature, by
    given_at = *extra, a.data_ptr(), b.data_ptr(), STORED[p.dtype], options
    arguments = *given_at, up_at, losses_at, None, *(0 if g is None else g.data_ptr() for g in grads)
    kernel(arguments, (losses_at + 8 * R, 0), 0, R, (0, 0, 1))
    store_losses(losses_at, R, each, by, loss.data_ptr(), STORED[wide])
    if a is not p or b is not q:
        grads = [None if g is None else in_layout_of(x, g, False) for x, g in zip((p, q), grads, strict=True)]
    return loss, grads[0], grads[1], losses


def in_layout_of(x: Tensor, grad: Tensor, ordered: bool) -> Tensor:
    """The gradient with the shape and strides of ``x``, as torch's has them.

    It is one-dimensional and in the order of memory if ``ordered``, and else consists of rows.
    """
    if ordered:
        return grad.as_strided(x.shape, x.stride())
    grad = grad.view(x.shape)
    if grad.stride() == x.stride() or in_memory_order(x) is None:
        return grad
    return torch.empty_strided(x.shape, x.stride(), dtype=x.dtype, device="cpu").copy_(grad)


def split_into_rows(n: int) -> list[tuple[int, int, int]]:
    """How to divide n numbers into rows: the start, the number of rows and their length, for full rows and the rest."""
    rest = n % ROW_LENGTH
    return [(0, n // ROW_LENGTH, ROW_LENGTH), (n - rest, 1, rest)][n < ROW_LENGTH : 1 + (rest > 0)]
