"""How tensors lie in memory: a step that reads several as one-dimensional arrays needs the same order in each."""

from __future__ import annotations

import torch
from torch import Tensor

Layout = list[tuple[int, int]]


def layout(x: Tensor) -> Layout:
    """The strides and sizes of the dimensions of more than one element."""
    return [(stride, size) for stride, size in zip(x.stride(), x.shape, strict=True) if size > 1]


def is_dense(layout: Layout) -> bool:
    """Whether a tensor of this layout has neither gaps nor overlaps."""
    expected = 1
    for stride, size in sorted(layout):
        if stride != expected:
            return False
        expected *= size
    return True


def why_not_dense(*tensors: Tensor) -> str:
    """Why these are not plain, dense tensors, on whatever device, or ``""``."""
    if any(type(x) not in (Tensor, torch.nn.Parameter) for x in tensors):
        return f"it takes plain tensors, not {' and '.join({type(x).__name__ for x in tensors})}"
    if any(x.layout is not torch.strided or x.is_nested or x._is_zerotensor() for x in tensors):
        return "it takes dense tensors"
    return ""
