"""Whether tensors are like those of an earlier call, so that what was looked at then needs no second look."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

try:
    from torch._C._dynamo.guards import TensorGuards
except ImportError:
    TensorGuards = None  # type: ignore[assignment,misc]


def alike(*tensors: Tensor) -> Callable[..., bool]:
    """Whether other tensors have the types, dtypes, devices, shapes and strides of these."""
    return guards(*tensors) or _by_facts(*tensors)


def guards(*tensors: Tensor) -> Callable[..., bool] | None:
    """The same, and whether they need gradients; None if torch can't be asked."""
    if TensorGuards is None:
        return None
    sizes, strides = [list(x.shape) for x in tensors], [list(x.stride()) for x in tensors]
    return TensorGuards(*tensors, dynamic_dims_sizes=sizes, dynamic_dims_strides=strides).check  # type: ignore


def _by_facts(*tensors: Tensor) -> Callable[..., bool]:
    known = list(map(_facts, tensors))
    return lambda *others: list(map(_facts, others)) == known


def _facts(x: Tensor | None) -> object:
    if x is None or x.layout != torch.strided:
        return None
    return type(x), x.dtype, x.device, x.shape, x.stride(), x.is_conj(), x.is_neg()
