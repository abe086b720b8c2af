"""SGD: :func:`byhand.formulas.sgd.sgd_step`, for all tensors of a group in one call.

Bytes a parameter: 12 in float32 (θ read and written, g read), 6 in bfloat16. That is what moves.

    θ ← θ − lr · (± g + λ · θ)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor

from byhand.kernels.numba.optimizers.table import Again, State, cut, product, refuses, rows_of, table_of
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.memory import narrow, slice_at, widen
from byhand.kernels.numba.runtime.openmp import parallel_for

__all__ = ["refuses", "sgd"]


@jit("contract")
def update(theta, g, lr, decay, sign):
    """SGD's step of one slice."""
    for i in range(theta.size):
        x, d = widen(theta[i]), product(sign, widen(g[i]))
        d = d + decay * x if decay != 0 else d
        theta[i] = narrow(x - lr * d, theta[i])


@jit()
def rows(table, ends, numbers, zeros, _, start, stop):
    """SGD's step of the elements ``start`` to ``stop``."""
    g0, p0 = zeros
    one = widen(p0)
    lr, decay, sign = narrow(numbers[0], one), narrow(numbers[1], one), narrow(numbers[2], one)
    first, last = rows_of(ends, start, stop)
    for r in range(first, last):
        low, high = cut(ends, r, start, stop)
        theta, g = slice_at(table[1, r], low, high - low, p0), slice_at(table[0, r], low, high - low, g0)
        update(theta, g, lr, decay, sign)


@kernel()
def step(arguments, scratch, start, stop, openmp):
    """:func:`rows`, in pieces, by OpenMP threads."""
    parallel_for(rows, arguments, scratch, start, stop, openmp)


def sgd(
    params: list[Tensor],
    grads: list[Tensor],
    states: list[State],
    fresh: list[bool],
    group: dict[str, Any],
    found_inf: Tensor | None,
    numbers: list[int],
) -> Again | None:
    """One step; returns what takes the next."""
    if found_inf is not None and found_inf.item():
        return None
    table, parts = table_of(params, grads, states, (), numbers)

    def again(table: Any, group: dict[str, Any]) -> None:
        now = np.array((float(group["lr"]), float(group["weight_decay"]), -1.0 if group["maximize"] else 1.0))
        for part in parts:
            part.share(step, part.of(table), part.ends, now, part.zeros)

    again(table, group)
    return again
