"""SGD: :func:`byhand.formulas.sgd.sgd_step`, for all tensors of a group in one call.

Bytes that must be moved for each element: 12 in float32 (θ read and written, g read), 6 in bfloat16. No more are moved.

    θ ← θ − lr · (± g + λ · θ)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor

from byhand.kernels.numba.optimizers.table import (
    NextStep,
    State,
    piece_of_row,
    refuses,
    rounded_product,
    row_range,
    table_of,
)
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.memory import narrow, slice_at, widen
from byhand.kernels.numba.runtime.openmp import parallel_for

__all__ = ["refuses", "sgd"]


@jit("contract")
def update(theta, g, lr, decay, sign):
    """SGD's step of a part of a tensor.

    Without decay it has a loop of its own: with 16-bit numbers the operations take more time than memory.
    """
    if decay == 0:
        lr = rounded_product(lr, sign)
        for i in range(theta.size):
            theta[i] = narrow(widen(theta[i]) - lr * widen(g[i]), theta[i])
        return
    for i in range(theta.size):
        x, d = widen(theta[i]), rounded_product(sign, widen(g[i]))
        theta[i] = narrow(x - lr * (d + decay * x), theta[i])


@jit()
def rows(table, ends, numbers, zeros, _, start, stop):
    """SGD's step of elements ``start`` to ``stop``."""
    g0, p0 = zeros
    one = widen(p0)
    lr, decay, sign = narrow(numbers[0], one), narrow(numbers[1], one), narrow(numbers[2], one)
    first, last = row_range(ends, start, stop)
    for r in range(first, last):
        low, high = piece_of_row(ends, r, start, stop)
        theta, g = slice_at(table[1, r], low, high - low, p0), slice_at(table[0, r], low, high - low, g0)
        update(theta, g, lr, decay, sign)


@kernel()
def step(arguments, scratch, start, stop, openmp):
    """:func:`rows`, in threads."""
    parallel_for(rows, arguments, scratch, start, stop, openmp)


def sgd(
    params: list[Tensor],
    grads: list[Tensor],
    states: list[State],
    fresh: list[bool],
    group: dict[str, Any],
    found_inf: Tensor | None,
    numbers: list[int],
) -> NextStep | None:
    """Take one step; returns a function that takes the next one, or None if the step was skipped."""
    if found_inf is not None and found_inf.item():
        return None
    table, parts = table_of(params, grads, states, (), numbers)

    def next_step(table: Any, group: dict[str, Any], moved: bool) -> None:
        settings = np.array((float(group["lr"]), float(group["weight_decay"]), -1.0 if group["maximize"] else 1.0))
        for part in parts:
            if moved:
                part.look_for_overlaps(table)
            part.run(step, part.of(table), part.ends, settings, part.zeros)

    next_step(table, group, False)
    return next_step
