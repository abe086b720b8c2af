"""The backward pass of every loss: which upstream gradients a kernel can take, and torch's operations for all others.

An upstream gradient may be any kind of tensor. A wrapper subclass, a batched or a functional tensor has no data at
its address. Saved tensors may pass through a user's hooks, and come back as another kind or with other values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from byhand.kernels._address import PLAIN, check_allocated, is_shared

TOLERANCE = 1e-3  # far above rounding errors; a smaller change of a loss changes its gradients just as little

Array = np.ndarray[Any, np.dtype[Any]]


def scalar_value(up: Tensor) -> float | None:
    """The upstream gradient of a scalar as a number; None if only torch's operations can read it."""
    if type(up) is not Tensor:
        return None
    try:
        return up.item() if is_shared(up) or up.data_ptr() else None
    except RuntimeError:  # batched, or without memory of its own
        return None


def resolved(up: Tensor) -> Tensor:
    """A plain upstream gradient with lazy negation and conjugation carried out; any other as it is."""
    return up.resolve_neg().resolve_conj() if type(up) is Tensor and (up.is_neg() or up.is_conj()) else up


def all_plain(up: Tensor, input: Tensor, *others: Tensor | None) -> bool:
    """Whether all are plain tensors of one device, neither wrapped nor batched."""
    if not PLAIN:  # this version of torch does not tell
        return False
    keys = torch._C._dispatch_keys(input)
    return all(
        type(x) in (Tensor, torch.nn.Parameter) and torch._C._dispatch_keys(x) == keys
        for x in (up, input, *others)
        if x is not None
    )


def differentiate(
    formula: Callable[..., Tensor], tensors: Sequence[Tensor | None], needs_grad: Sequence[bool], up: Tensor
) -> tuple[list[Tensor | None], Tensor]:
    """The gradients of ``formula(*tensors)`` by torch's operations, where ``needs_grad`` is true; and its value.

    If autograd records, as with ``create_graph=True``, the gradients can be differentiated again.
    """
    create_graph = torch.is_grad_enabled()
    for x in (up, *tensors):
        if x is not None:
            check_allocated("backward", "a gradient or a saved tensor", x)
    inputs: list[Any] = list(tensors)
    if not create_graph:
        inputs[: len(needs_grad)] = [
            x if x is None else x.detach().requires_grad_(needs) for x, needs in zip(inputs, needs_grad, strict=False)
        ]
    with torch.enable_grad():
        loss = formula(*inputs)
    differentiated = [x for x, needs in zip(inputs, needs_grad, strict=False) if needs]
    grads = iter(torch.autograd.grad(loss, differentiated, up, create_graph=create_graph))
    return [next(grads) if needs else None for needs in needs_grad], loss.detach()


def check_unchanged(before: Array, now: Tensor, scale: float = 1.0) -> None:
    """Raise if the saved tensors have changed: the loss ``now`` differs from its value ``before``.

    Autograd itself detects changes in place, but not changes through ``.data``.
    """
    if torch._C._functorch.peek_interpreter_stack() is not None or type(now) is not Tensor:
        return
    found, then = now.detach().double().numpy().reshape(-1), before[: now.numel()]
    with np.errstate(invalid="ignore"):
        close = np.abs(found - then) <= TOLERANCE * (scale + np.abs(then))
    if not (close | (found == then) | (np.isnan(found) & np.isnan(then))).all():
        raise RuntimeError(
            "one of the variables needed for gradient computation has been modified by an inplace operation: "
            "an input of the loss has other values now. Clone it before you change it."
        )
