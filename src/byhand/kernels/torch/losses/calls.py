"""Shared by the losses: which tensors torch's own operations take, and the dtype that they compute in."""

from __future__ import annotations

import torch
from torch import Tensor

FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


def refuses(input: Tensor, *others: Tensor) -> str:
    """Why a loss of torch's can't take these tensors, or ``""``."""
    tensors = (input, *others)
    if any(type(x) not in (Tensor, torch.nn.Parameter) for x in tensors):
        return f"it takes plain tensors, not {' and '.join({type(x).__name__ for x in tensors})}"
    if any(x.layout is not torch.strided or x.is_nested or x._is_zerotensor() for x in tensors):
        return "it takes dense tensors"
    if any(x.is_cpu and not x.data_ptr() for x in tensors) or not input.numel():
        return "it takes tensors that have elements"
    return "" if input.dtype in FLOATS else f"it takes floating point, not {input.dtype}"


def wide(dtype: torch.dtype) -> torch.dtype:
    """The dtype to compute in: 16-bit numbers are computed in float32, and the result is rounded once."""
    return torch.promote_types(dtype, torch.float32)
