"""Cross-entropy of few logits, all of it in one call: each step that Python takes costs as much as the whole kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from byhand.kernels.numba.losses import few_classes as _turned
from byhand.kernels.numba.losses import rows as _rows
from byhand.kernels.numba.losses.few_classes import BLOCK, FEW, few_classes
from byhand.kernels.numba.losses.rows import classes
from byhand.kernels.numba.runtime.jit import kernel
from byhand.kernels.numba.runtime.math import f8, i8
from byhand.kernels.numba.runtime.memory import STORED, address_of, number, slice_at

Array = np.ndarray[Any, np.dtype[Any]]

SMALL = 1 << 15  # logits up to which it pays; they are worth no second thread


@kernel()
def whole_loss(few, x_at, stored, y_at, R, C, ignore, mean, grad_at, loss_at, scratch_at):
    """The loss, and unless its address is 0 the gradient, of classes without options; False if one is no class.

    None as ``few`` takes a row at a time, else rows are turned. The scratch begins with an upstream gradient of 1,
    in whose place the loss is left, and the losses of the rows or blocks follow.
    """
    y, kept = slice_at(y_at, 0, R, i8(0)), 0
    for r in range(R):
        if y[r] != ignore:
            if not 0 <= y[r] < C:
                return False
            kept += 1
    scale = (1 / kept if kept else np.nan) if mean else 1.0
    slice_at(scratch_at, 0, 1, f8(0))[0] = 1
    parts_at, room_at = scratch_at + 8, scratch_at + 8 * (R + 1)
    if few is None:
        n = R
        options = C, C, 0, ignore, f8(C), 0.0, scale, scale
        classes(x_at, stored, y_at, None, None, options, scratch_at, parts_at, 0, None, grad_at, room_at, 0, R)
    else:
        n = -(-R // BLOCK)
        turned = R, C, C, 0, ignore, False, scale
        few_classes(x_at, stored, y_at, turned, scratch_at, parts_at, 0, None, grad_at, room_at, 0, n)
    total = 0.0
    for part in slice_at(parts_at, 0, n, f8(0)):
        total += part
    slice_at(loss_at, 0, 1, number(0, stored))[0] = number(total * scale, stored)
    slice_at(scratch_at, 0, 1, f8(0))[0] = total * scale
    return True


def whole(
    input: Tensor, target: Tensor, ignore_index: int, mean: bool, wanted: bool
) -> tuple[Tensor, Tensor | None, Array] | None:
    """The loss of (R, C) logits and R classes, both contiguous, its gradient, and an array that begins with its value.

    None if one of them is no class.
    """
    R, C = input.shape
    few = True if C <= FEW else None
    loss = torch.empty((), dtype=torch.float64 if input.dtype is torch.float64 else torch.float32, device="cpu")
    grad = torch.empty_like(input) if wanted else None
    scratch = np.empty(R + 1 + (_turned if few else _rows).scratch_size(C))
    done = whole_loss(
        few, input.data_ptr(), STORED[input.dtype], target.data_ptr(), R, C, ignore_index, mean,
        0 if grad is None else grad.data_ptr(), loss.data_ptr(), address_of(scratch),
    )  # fmt: skip
    return (loss, grad, scratch) if done else None
