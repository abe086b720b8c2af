"""Shared by the losses: which tensors torch's own operations take, and the dtype that they compute in."""

from __future__ import annotations

import torch
from torch import Tensor

from byhand.kernels._address import is_shared
from byhand.kernels._layout import why_not_dense

FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


def refuses(input: Tensor, *others: Tensor) -> str:
    """Why a loss of torch's can't take these tensors, or ``""``."""
    tensors = (input, *others)
    if reason := why_not_dense(*tensors):
        return reason
    if any(x.is_cpu and not is_shared(x) and not x.data_ptr() for x in tensors) or not input.numel():
        return "it takes tensors that have elements"
    return "" if input.dtype in FLOATS else f"it takes floating point, not {input.dtype}"


def wide(dtype: torch.dtype) -> torch.dtype:
    """The dtype to compute in: 16-bit numbers are computed in float32, and the result is rounded once."""
    return torch.promote_types(dtype, torch.float32)
