"""Momentum: :func:`byhand.formulas.momentum.momentum_step`, for all tensors of a group in one call.

Bytes that must be moved for each element: 20 in float32 (θ and v read and written, g read), 14 with bfloat16 θ and g,
16 with a bfloat16 v. No more are moved.

    d ← ± g + λ · θ
    v ← μ · v + w · d                      w = 1 − dampening, but 1 at the first step
    θ ← θ − lr · v                         Nesterov: θ ← θ − lr · (d + μ · v)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor

from byhand.kernels.numba.optimizers import table as _table
from byhand.kernels.numba.optimizers.table import (
    TILE,
    NextStep,
    State,
    f4,
    hash32,
    piece_of_row,
    refuses_counted,
    rounded_product,
    row_range,
    store_moment,
    table_of,
    tile_of,
    u4,
)
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.memory import narrow, slice_at, widen, widest_vectors
from byhand.kernels.numba.runtime.openmp import parallel_for

__all__ = ["momentum", "refuses"]


def refuses(p: Tensor, grad: Tensor, moment: Tensor, *step: Tensor) -> str:
    """Why the kernel can't take these tensors, or ``""``; steps are counted if the moment is rounded stochastically."""
    return (refuses_counted if step else _table.refuses)(p, grad, moment, *step)


@jit("contract")
def update(theta, g, v, lr, mu, weight, decay, sign, nesterov, key):
    """Momentum's step of one tile."""
    widest_vectors()
    for i in range(theta.size):
        x, d = widen(theta[i]), rounded_product(sign, widen(g[i]))
        d = d + decay * x if decay != 0 else d
        speed = mu * widen(v[i]) + rounded_product(weight, d)
        theta[i] = narrow(x - lr * (d + mu * speed if nesterov else speed), theta[i])
        v[i] = store_moment(speed, v[i], hash32(u4(key + u4(i))))


@jit()
def rows(table, ends, weights, keys, numbers, zeros, _, start, stop):
    """Momentum's step of elements ``start`` to ``stop``."""
    g0, p0, v0 = zeros
    one = widen(p0)
    lr, mu = narrow(numbers[0], one), narrow(numbers[1], one)
    decay, sign = narrow(numbers[2], one), narrow(numbers[3], one)
    first, last = row_range(ends, start, stop)
    for r in range(first, last):
        low, high = piece_of_row(ends, r, start, stop)
        weight = narrow(weights[r], one)
        for i in range(low, high, TILE):
            j = min(i + TILE, high)
            theta, g = tile_of(table[1, r], i, j, p0), tile_of(table[0, r], i, j, g0)
            v = tile_of(table[2, r], i, j, v0)
            update(theta, g, v, lr, mu, weight, decay, sign, numbers[4] != 0, u4(keys[r] + u4(i)))


@kernel()
def step(arguments, scratch, start, stop, openmp):
    """:func:`rows`, in threads."""
    parallel_for(rows, arguments, scratch, start, stop, openmp)


@kernel()
def count(steps):
    """Increment the step count of every tensor."""
    for r in range(steps.size):
        slice_at(steps[r], 0, 1, f4(0))[0] += f4(1)


def momentum(
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
    table, parts = table_of(params, grads, states, ("momentum_buffer",), numbers)
    first, weights = np.array(fresh), np.empty(len(fresh))

    def next_step(table: Any, group: dict[str, Any], moved: bool) -> None:
        lr, mu, decay = float(group["lr"]), float(group["momentum"]), float(group["weight_decay"])
        settings = np.array((lr, mu, decay, -1.0 if group["maximize"] else 1.0, group["nesterov"]))
        weights.fill(1.0 - group["dampening"])
        weights[first] = 1.0
        for part in parts:
            if moved:
                part.look_for_overlaps(table)
            if part.stochastic:
                count(part.steps)
            part.make_keys(group)
            part.run(step, part.of(table), part.ends, part.of(weights), part.keys, settings, part.zeros)
        first.fill(False)

    next_step(table, group, False)
    return next_step
