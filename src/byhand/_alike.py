"""Whether tensors are like those of an earlier call, so that the checks of that call need not be repeated."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

try:
    from torch._C._dynamo.guards import TensorGuards
except ImportError:
    TensorGuards = None  # type: ignore[assignment,misc]


def alike(*tensors: Tensor) -> Callable[..., bool]:
    """A check whether other tensors have the types, dtypes, devices, shapes and strides of these."""
    return guards(*tensors) or _by_metadata(*tensors)


def guards(*tensors: Tensor) -> Callable[..., bool] | None:
    """The same check by torch's own guards, which also compare ``requires_grad``; None if torch does not have them."""
    if TensorGuards is None:
        return None
    sizes, strides = [list(x.shape) for x in tensors], [list(x.stride()) for x in tensors]
    return TensorGuards(*tensors, dynamic_dims_sizes=sizes, dynamic_dims_strides=strides).check  # type: ignore


def _by_metadata(*tensors: Tensor) -> Callable[..., bool]:
    known = list(map(_metadata, tensors))
    return lambda *others: list(map(_metadata, others)) == known


def _metadata(x: Tensor | None) -> object:
    if x is None or x.layout != torch.strided:
        return None
    return type(x), x.dtype, x.device, x.shape, x.stride(), x.is_conj(), x.is_neg()
