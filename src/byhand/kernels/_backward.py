"""The way back, for every loss: which upstream gradients a kernel can take, and torch's operations for all others.

An upstream gradient comes from whoever used the loss: a wrapper subclass, a batched or a functional tensor has no
numbers at its address. What was saved may come back from a user's hooks as something else, or with other numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from byhand.kernels._address import check_allocated

TOLERANCE = 1e-3  # far above all roundings; what changes a loss by less changes gradients by no more

Array = np.ndarray[Any, np.dtype[Any]]


def factor(up: Tensor) -> float | None:
    """The upstream gradient of a scalar as a number; None if only torch's operations know what it is."""
    if type(up) is not Tensor:
        return None
    try:
        return up.item() if up.data_ptr() else None
    except RuntimeError:  # batched, or without memory of its own
        return None


def resolved(up: Tensor) -> Tensor:
    """A plain upstream gradient with its sign and conjugation carried out; any other as it is."""
    return up.resolve_neg().resolve_conj() if type(up) is Tensor and (up.is_neg() or up.is_conj()) else up


def alike(up: Tensor, input: Tensor, *others: Tensor | None) -> bool:
    """Whether all are plain tensors of one device: neither wrapped nor batched."""
    keys = torch._C._dispatch_keys(input)
    return all(
        type(x) in (Tensor, torch.nn.Parameter) and torch._C._dispatch_keys(x) == keys
        for x in (up, input, *others)
        if x is not None
    )


def differentiate(
    formula: Callable[..., Tensor], tensors: Sequence[Tensor | None], wanted: Sequence[bool], up: Tensor
) -> tuple[list[Tensor | None], Tensor]:
    """The gradients ``wanted`` of ``formula(*tensors)``, by torch's operations, and its value.

    They can be differentiated again where autograd records, which is what ``create_graph`` asks for.
    """
    again = torch.is_grad_enabled()
    for x in (up, *tensors):
        if x is not None:
            check_allocated("backward", "a gradient or a saved tensor", x)
    given: list[Any] = list(tensors)
    if not again:
        given[: len(wanted)] = [
            x if x is None else x.detach().requires_grad_(w) for x, w in zip(given, wanted, strict=False)
        ]
    with torch.enable_grad():
        loss = formula(*given)
    inputs = [x for x, w in zip(given, wanted, strict=False) if w]
    found = iter(torch.autograd.grad(loss, inputs, up, create_graph=again))
    return [next(found) if w else None for w in wanted], loss.detach()


def check_unchanged(before: Array, now: Tensor, scale: float = 1.0) -> None:
    """Refuse gradients of other numbers than the loss was computed of: those of its value ``before``.

    What is changed in place is found by autograd; what is changed through ``.data`` is found here.
    """
    if torch._C._functorch.peek_interpreter_stack() is not None or type(now) is not Tensor:
        return
    found, then = now.detach().double().numpy().reshape(-1), before[: now.numel()]
    with np.errstate(invalid="ignore"):
        near = np.abs(found - then) <= TOLERANCE * (scale + np.abs(then))
    if not (near | (found == then) | (np.isnan(found) & np.isnan(then))).all():
        raise RuntimeError(
            "one of the variables needed for gradient computation has been modified by an inplace operation: "
            "what the loss was computed of has other numbers now. Clone it before it is changed."
        )
