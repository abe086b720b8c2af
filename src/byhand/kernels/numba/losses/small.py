"""Cross-entropy of few logits, computed entirely in one kernel call: each further step in Python takes as long."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from byhand.kernels.numba.losses import block as _block
from byhand.kernels.numba.losses import few_classes as _few_classes
from byhand.kernels.numba.losses import rows as _rows
from byhand.kernels.numba.losses.columns import columns
from byhand.kernels.numba.losses.few_classes import BLOCK, FEW, few_classes
from byhand.kernels.numba.losses.rows import classes
from byhand.kernels.numba.runtime.jit import kernel
from byhand.kernels.numba.runtime.math import f8, i8
from byhand.kernels.numba.runtime.memory import STORED, address_of, number, slice_at

Array = np.ndarray[Any, np.dtype[Any]]
Grads = tuple[Tensor | None, Tensor | None]
"""The gradients of the logits and of class probabilities."""

ONE = torch.ones(1, dtype=torch.float64, device="cpu")  # the upstream gradient of ``loss.backward()``
SMALL = 1 << 15  # logits up to which one call is faster; they are not worth a second thread


@kernel()
def small_loss_kernel(transposed, x_at, stored, y_at, R, C, ignore, mean, grad_at, loss_at, scratch_at):
    """The loss without options, and the gradient unless ``grad_at`` is 0; returns False if a target is not a class.

    If ``transposed`` is None, rows are computed one at a time, and else in transposed blocks. The scratch memory begins
    with an upstream gradient of 1, which the float64 loss then overwrites; the losses of the rows or blocks follow.
    """
    y, valid_rows = slice_at(y_at, 0, R, i8(0)), 0
    for r in range(R):
        if y[r] != ignore:
            if not 0 <= y[r] < C:
                return False
            valid_rows += 1
    scale = (1 / valid_rows if valid_rows else np.nan) if mean else 1.0
    slice_at(scratch_at, 0, 1, f8(0))[0] = 1
    parts_at, kernel_scratch_at = scratch_at + 8, scratch_at + 8 * (R + 1)
    if transposed is None:
        n = R
        options = C, C, 0, ignore, f8(C), 0.0, scale, scale
        classes(
            x_at, stored, y_at, None, None, options,
            scratch_at, parts_at, 0, None, grad_at, None, kernel_scratch_at, 0, R,
        )  # fmt: skip
    else:
        n = -(-R // BLOCK)
        block_options = R, C, C, 0, ignore, False, scale
        few_classes(
            x_at, stored, y_at, block_options, scratch_at, parts_at, 0, None, grad_at, None, kernel_scratch_at, 0, n
        )
    total = 0.0
    for part in slice_at(parts_at, 0, n, f8(0)):
        total += part
    slice_at(loss_at, 0, 1, number(0, stored))[0] = number(total * scale, stored)
    slice_at(scratch_at, 0, 1, f8(0))[0] = total * scale
    return True


@kernel()
def small_loss_kernel_with_options(
    x_at, stored, y_at, t_at, weight_at, eps, numbers, up_at, grad_at, target_grad_at, loss_at, scratch_at
):
    """As :func:`small_loss_kernel`, with options, for few classes y or class probabilities t.

    If ``each`` is set, the loss of each row is written. The scratch memory begins with the losses of the rows or
    blocks; their z-losses follow.
    """
    R, C, ignore, mean, each, z_loss, up_step = numbers
    zero, y = number(0, stored), slice_at(0 if y_at is None else y_at, 0, R, i8(0))
    valid_rows, total_weight, total = R, float(R), float(C)
    if weight_at is not None:
        weight, total = slice_at(weight_at, 0, C, zero), 0.0
        for i in range(C):
            total += weight[i]
    if y_at is not None:
        valid_rows, total_weight = 0, 0.0
        for r in range(R):
            if y[r] != ignore:
                if not 0 <= y[r] < C:
                    return False
                valid_rows += 1
                total_weight += 1.0 if weight_at is None else f8(weight[y[r]])
    scale = (1 / total_weight if total_weight else np.nan) if mean else 1.0
    z_scale = (1 / valid_rows if valid_rows else np.nan) if mean else 1.0
    n = R if each else -(-R // BLOCK)
    options, steps = (each, ignore, total, z_loss, scale, z_scale), (R, C, R * C, C, 1, R * C, C, 1, up_step)
    z_at, kernel_scratch_at = scratch_at + 8 * R, scratch_at + 16 * R
    columns(
        x_at, stored, y_at, t_at, weight_at, eps, None, None, None, steps, options,
        up_at, scratch_at, z_at, None, grad_at, target_grad_at, kernel_scratch_at, 0, -(-R // BLOCK),
    )  # fmt: skip
    parts, z_parts = slice_at(scratch_at, 0, n, f8(0)), slice_at(z_at, 0, n, f8(0))
    if each:
        out = slice_at(loss_at, 0, R, zero)
        for r in range(R):
            parts[r] += z_parts[r] if z_loss else 0.0
            out[r] = number(parts[r], stored)
        return True
    all_parts, all_z = 0.0, 0.0
    for i in range(n):
        all_parts += parts[i]
        all_z += z_parts[i] if z_loss else 0.0
    parts[0] = all_parts * scale + (all_z * z_scale if z_loss else 0.0)
    slice_at(loss_at, 0, 1, zero)[0] = number(parts[0], stored)
    return True


def small_loss(
    input: Tensor, target: Tensor, ignore_index: int, mean: bool, needs_grad: bool
) -> tuple[Tensor, Grads, Array] | None:
    """The loss of contiguous (R, C) logits and R classes, its gradients, and an array that begins with the loss.

    None if a target is not a class.
    """
    R, C = input.shape
    transposed = True if C <= FEW else None
    loss = torch.empty((), dtype=torch.float64 if input.dtype is torch.float64 else torch.float32, device="cpu")
    grad = torch.empty_like(input) if needs_grad else None
    scratch = np.empty(R + 1 + (_few_classes if transposed else _rows).scratch_size(C))
    done = small_loss_kernel(
        transposed, input.data_ptr(), STORED[input.dtype], target.data_ptr(), R, C, ignore_index, mean,
        0 if grad is None else grad.data_ptr(), loss.data_ptr(), address_of(scratch),
    )  # fmt: skip
    return (loss, (grad, None), scratch) if done else None


def small_loss_with_options(
    up: Tensor | None,
    needs: tuple[bool, bool],
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    eps: float,
    z_loss: float,
) -> tuple[Tensor, Grads, Array] | None:
    """As :func:`small_loss`, with options, class probabilities, a single row, and ``reduction="none"``."""
    C = input.shape[-1]
    R, soft, each = input.numel() // C, target.is_floating_point(), reduction == "none"
    wide = torch.float64 if input.dtype is torch.float64 else torch.float32
    w = weight if weight is None else weight.to(wide).contiguous()
    loss = torch.empty(input.shape[:-1] if each else (), dtype=wide, device="cpu")
    grad = torch.empty_like(input) if up is not None and needs[0] else None
    of_target = torch.empty_like(target) if up is not None and needs[1] else None
    scratch = np.empty(2 * R + _block.scratch_size(C))
    at, ups = target.data_ptr(), ONE if up is None else up.contiguous()
    done = small_loss_kernel_with_options(
        *(input.data_ptr(), STORED[input.dtype], None if soft else at, at if soft else None),
        *(None if w is None else w.data_ptr(), eps or None),
        (R, C, ignore_index, reduction == "mean", each, z_loss, int(each and up is not None and up is not ONE)),
        ups.data_ptr(),
        *(0 if grad is None else grad.data_ptr(), None if of_target is None else of_target.data_ptr()),
        *(loss.data_ptr(), address_of(scratch)),
    )
    return (loss, (grad, of_target), scratch) if done else None


@kernel()
def scale_rows(grad_at, up_at, stored, R, C):
    """Multiply each row by its upstream gradient, unless one of these is not finite; returns whether all are."""
    grad, up = slice_at(grad_at, 0, R * C, stored), slice_at(up_at, 0, R, stored)
    for r in range(R):
        if not np.isfinite(up[r]):
            return False
    for r in range(R):
        for i in range(C):
            grad[r * C + i] *= up[r]
    return True


def scale_few_rows(grads: Grads, up: Tensor) -> bool | None:
    """:func:`scale_rows` of few numbers in one call; None if they are not few, or lie otherwise."""
    given = [grad for grad in grads if grad is not None]
    if any(g.numel() > SMALL or not g.is_contiguous() or g.dtype is not up.dtype for g in given):
        return None
    R, up = up.numel(), up.contiguous()
    return all(scale_rows(g.data_ptr(), up.data_ptr(), STORED[g.dtype], R, g.numel() // R) for g in given)
