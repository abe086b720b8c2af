"""The losses as custom operators for ``torch.compile``, so that compiled code calls the kernels too.

The compiler knows an operator's shape, dtype and gradient and does not look inside it; eager code calls the kernels
directly. The operators are used on the CPU, where byhand's kernels are faster than the code compiled from the formula.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from byhand import kernels
from byhand.losses._shared import promoted


def operators_serve(name: str, first: Tensor, *others: Tensor | None) -> bool:
    """Whether this is compiled code with tensors that a kernel takes; else the compiler gets torch's operations."""
    floats = [x for x in (first, *others) if x is not None and x.is_floating_point()]
    return (
        torch.compiler.is_compiling()
        and first.device.type == "cpu"
        and len({x.dtype for x in floats}) == 1
        and _has_kernel(name)
    )


def _has_kernel(name: str) -> bool:
    """Evaluated once, while the graph is traced."""
    return kernels.replaces_torch(name, *[torch.zeros(1, 1)] * 2)


# As torch.compiler.assume_constant_result does, which would import the compiler and take a second.
_has_kernel._dynamo_marked_constant = True  # type: ignore[attr-defined]


def operator(
    name: str, compute: Callable[..., Tensor], schema: str, tensors: int, differentiable: int
) -> Callable[..., Tensor]:
    """``compute(*tensors, *options)`` as an operator, differentiable in the first of its tensors.

    Args:
        name: gives ``byhand::name``, and ``byhand::name_grad``, the operator that computes the gradients.
        compute: the eager function; differentiable.
        schema: the arguments in torch's notation, the tensors first.
        tensors: how many arguments are tensors.
        differentiable: how many of the tensors have a gradient, one or two. ``byhand::name_grad`` returns an empty
            tensor for a gradient that is not needed.
    """

    def grads_of(up: Tensor, wanted: list[bool], *arguments: Any) -> Any:
        leaves = [x.detach().requires_grad_(w) for x, w in zip(arguments, wanted, strict=False)]
        with torch.enable_grad():
            loss = compute(*leaves, *arguments[differentiable:])
            found = iter(torch.autograd.grad(loss, [x for x in leaves if x.requires_grad], up))
        return packed([next(found).contiguous() if w else x.new_empty(0) for x, w in zip(leaves, wanted, strict=True)])

    def packed(grads: list[Tensor]) -> Any:
        return tuple(grads) if differentiable > 1 else grads[0]

    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        ctx.save_for_backward(*inputs[:tensors])
        ctx.options = inputs[tensors:]

    def backward(ctx: Any, up: Tensor) -> tuple[Tensor | None, ...]:
        wanted = list(ctx.needs_input_grad[:differentiable])
        found = gradient(up, wanted, *ctx.saved_tensors, *ctx.options)
        grads = found if differentiable > 1 else [found]
        rest = [None] * (tensors - differentiable + len(ctx.options))
        return *(g if w else None for g, w in zip(grads, wanted, strict=True)), *rest

    def eager(*arguments: Any) -> Tensor:
        with torch.no_grad():
            return compute(*arguments)

    result = f"({', '.join(['Tensor'] * differentiable)})"
    arguments = f"(Tensor up, bool[] wanted, {schema}) -> {result}"
    gradient = torch.library.custom_op(f"byhand::{name}_grad", grads_of, mutates_args=(), schema=arguments)

    @gradient.register_fake
    def _(up: Tensor, wanted: list[bool], *rest: Any) -> Any:
        return packed([x.new_empty(x.shape if w else 0) for x, w in zip(rest, wanted, strict=False)])

    op = torch.library.custom_op(f"byhand::{name}", eager, mutates_args=(), schema=f"({schema}) -> Tensor")
    op.register_autograd(backward, setup_context=setup_context)

    @op.register_fake
    def _(first: Tensor, *rest: Any) -> Tensor:
        floats = [x for x in rest[: tensors - 1] if x is not None and x.is_floating_point()]
        dtype = promoted(torch.float32, first, *floats)
        return first.new_empty(first.shape[:-1] if "none" in rest else (), dtype=dtype)

    return op
