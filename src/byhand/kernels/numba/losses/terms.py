"""Each term of a divergence, as ``kl_div(…, reduction="none")``: q is log-probabilities, p one of the two.

For n numbers of b bytes, 2·n·b bytes must be read, and n·b written. A gradient needs p and the upstream gradient, and
that of p also q; n·b bytes are written. No more bytes are moved.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from byhand.kernels._backward import differentiate, resolved
from byhand.kernels.numba.losses.softmax import RUN
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import full_exp, log
from byhand.kernels.numba.runtime.memory import (
    STORED,
    in_memory_order,
    narrow,
    number,
    slice_at,
    why_not,
    widen,
    widest_vectors,
)
from byhand.kernels.numba.runtime.openmp import parallel_for, run_in_threads

WORK = 1 << 14  # numbers that are worth a thread


@jit("contract")
def part_terms(mixed, p, q, out, stored):
    """P · (log p − q) of each pair; ``mixed`` is None if p is a logarithm too."""
    widest_vectors()
    zero = number(0, stored)
    for i in range(out.size):
        u, v = widen(p[i]), widen(q[i])
        if mixed is None:
            a = full_exp(u)
            term = a * (u - v)
        else:
            a = u
            term = a * (log(u) - v)
        out[i] = narrow(zero if a == zero else term, stored)


@jit("contract")
def part_grads(mixed, p, q, up, grad_p, grad_q, stored):
    """The gradients; one that is not needed has no elements. ``up`` has one number for all, or one for each."""
    widest_vectors()
    zero, one = number(0, stored), number(1, stored)
    first, step = widen(up[0]), 1 if up.size > 1 else 0
    for i in range(grad_p.size):
        u, v = widen(p[i]), widen(q[i])
        g = widen(up[i]) if step else first
        if mixed is None:
            a = full_exp(u)
            slope = a * (u - v + one)
        else:
            a = u
            slope = log(u) - v + one
        grad_p[i] = narrow(zero if a == zero else g * slope, stored)
    for i in range(grad_q.size):
        a, g = widen(p[i]), widen(up[i]) if step else first
        if mixed is None:
            a = full_exp(a)
        grad_q[i] = narrow(zero if a == zero else zero - g * a, stored)


@jit()
def runs(mixed, p_at, q_at, up_at, stored, n, up_size, out_at, grad_p_at, grad_q_at, _, start, stop):
    """Runs ``start`` to ``stop`` of n terms; of their gradients if ``up_at`` is not None."""
    for r in range(start, stop):
        first, size = r * RUN, min(RUN, n - r * RUN)
        p, q = slice_at(p_at, first, size, stored), slice_at(q_at, first, size, stored)
        if up_at is None:
            part_terms(mixed, p, q, slice_at(out_at, first, size, stored), stored)
        else:
            up = slice_at(up_at, first if up_size > 1 else 0, size if up_size > 1 else 1, stored)
            grad_p = slice_at(grad_p_at, first, size if grad_p_at else 0, stored)
            grad_q = slice_at(grad_q_at, first, size if grad_q_at else 0, stored)
            part_grads(mixed, p, q, up, grad_p, grad_q, stored)


@kernel()
def parallel_runs(arguments, scratch, start, stop, openmp):
    """:func:`runs`, in threads."""
    parallel_for(runs, arguments, scratch, start, stop, openmp)


def terms(formula: Callable[..., Tensor], p: Tensor, q: Tensor, given: str) -> Tensor:
    """The terms, in the layout and the dtype of p and q."""
    if torch.is_grad_enabled() and (p.requires_grad or q.requires_grad):
        return Terms.apply(formula, p, q, given)  # type: ignore[no-any-return]
    return compute(p, q, given)


class Terms(torch.autograd.Function):
    """The terms, differentiable in p and q."""

    @staticmethod
    def forward(ctx: Any, formula: Callable[..., Tensor], p: Tensor, q: Tensor, given: str) -> Tensor:
        """The terms."""
        ctx.save_for_backward(p, q)
        ctx.formula, ctx.given = formula, given
        return compute(p, q, given)

    @staticmethod
    def backward(ctx: Any, *ups: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients."""
        (p, q), up, needs_grad = ctx.saved_tensors, resolved(ups[0]), ctx.needs_input_grad[1:3]
        alike = not why_not(up, p, q) and up.shape == p.shape == q.shape and up.dtype == p.dtype == q.dtype
        if torch.is_grad_enabled() or not alike:
            grads, _ = differentiate(lambda *x: ctx.formula(*x, ctx.given, 1.0, "terms"), (p, q), needs_grad, up)
            return None, *grads, None
        return None, *gradients(up, p, q, ctx.given, needs_grad), None


def compute(p: Tensor, q: Tensor, given: str) -> Tensor:
    """The terms, without autograd."""
    p, q = in_one_order(p, q)
    out = torch.empty_like(p)
    run(given, p, q, None, out, None, None)
    return out


def gradients(up: Tensor, p: Tensor, q: Tensor, given: str, needs_grad: tuple[bool, bool]) -> list[Tensor | None]:
    """The gradients of p and q where ``needs_grad`` is true, in the layout of torch's."""
    if needs_grad[0] or in_memory_order(q) is not None:
        p, q = in_one_order(p, q)
    else:  # the gradient of q does not depend on q, which is not copied
        p = q = p.contiguous()
    if any(up.stride()) or up.numel() == 1:
        up = up if up.stride() == p.stride() else torch.empty_like(p).copy_(up)
    else:
        up = up[(0,) * up.ndim]  # one number, expanded
    grads = [torch.empty_like(x) if needed else None for x, needed in zip((p, q), needs_grad, strict=True)]
    run(given, p, q, up, None, *grads)
    return grads


def in_one_order(p: Tensor, q: Tensor) -> tuple[Tensor, Tensor]:
    """P and q, or contiguous copies where they have gaps, overlap, or lie in other orders."""
    if p.is_contiguous() and q.is_contiguous():
        return p, q
    if p.stride() == q.stride() and in_memory_order(p) is not None:
        return p, q
    return p.contiguous(), q.contiguous()


def run(given: str, p: Tensor, q: Tensor, up: Tensor | None, *outputs: Tensor | None) -> None:
    """Call the kernel for the terms, or for the gradients if there is an upstream gradient."""
    mixed, n = True if given == "p and log_q" else None, p.numel()
    up_at, up_size = (None, 0) if up is None else (up.data_ptr(), up.numel())
    given_at = mixed, p.data_ptr(), q.data_ptr(), up_at, STORED[p.dtype], n, up_size
    arguments = *given_at, *(0 if x is None else x.data_ptr() for x in outputs)
    run_in_threads(parallel_runs, arguments, -(-n // RUN), WORK // RUN)
