"""AdamW: :func:`byhand.formulas.adamw.adamw_step`, for all tensors of a group in one call.

Bytes that must be moved for each element: as for Adam, 28 in float32 (θ, m and v read and written, g read), 22 with
bfloat16 θ and g, 20 with bfloat16 moments, 14 with both. No more are moved: each number is read and written once.

    m ← β₁ · m + (1 − β₁) · (± g)
    v ← β₂ · v + (1 − β₂) · g²
    θ ← θ − (α · m / (√v · ρ + ε) + lr · λ · θ)           α = lr / (1 − β₁ᵗ),  ρ = 1 / √(1 − β₂ᵗ)

The decay is subtracted and not applied as a factor: 1 − lr · λ = 0.99999, rounded to float32, changes the decay by up
to 0.3 %.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor

from byhand.kernels.numba.adam import first_step, unpack
from byhand.kernels.numba.optimizers.table import (
    TILE,
    NextStep,
    State,
    hash32,
    piece_of_row,
    refuses_counted,
    rounded_product,
    row_range,
    store_moment,
    tile_of,
    u4,
)
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.memory import narrow, widen, widest_vectors
from byhand.kernels.numba.runtime.openmp import parallel_for

__all__ = ["adamw", "refuses"]

refuses = refuses_counted


@jit("contract")
def update(theta, g, m, v, alpha, rho, beta1, beta2, eps, shrink, sign, key):
    """AdamW's step of one tile; each β is given as :func:`split` returns it, and ``shrink`` is lr · λ."""
    widest_vectors()
    hi1, lo1, comp1 = beta1
    hi2, lo2, comp2 = beta2
    for i in range(theta.size):
        x, d = widen(theta[i]), rounded_product(sign, widen(g[i]))
        mean = hi1 * widen(m[i]) + (lo1 * widen(m[i]) + rounded_product(comp1, d))
        square = hi2 * widen(v[i]) + (lo2 * widen(v[i]) + rounded_product(rounded_product(comp2, d), d))
        theta[i] = narrow(x - (alpha * (mean / (np.sqrt(square) * rho + eps)) + rounded_product(shrink, x)), theta[i])
        random_bits = hash32(u4(key + u4(i)))
        m[i] = store_moment(mean, m[i], random_bits)
        v[i] = store_moment(square, v[i], random_bits >> u4(16))


@jit()
def rows(table, ends, factors, keys, numbers, zeros, _, start, stop):
    """AdamW's step of elements ``start`` to ``stop``."""
    g0, p0, m0 = zeros
    eps, sign, _, shrink, beta1, beta2 = unpack(numbers, widen(p0))
    first, last = row_range(ends, start, stop)
    for r in range(first, last):
        low, high = piece_of_row(ends, r, start, stop)
        alpha, rho = narrow(factors[0, r], widen(p0)), narrow(factors[1, r], widen(p0))
        for i in range(low, high, TILE):
            j = min(i + TILE, high)
            theta, g = tile_of(table[1, r], i, j, p0), tile_of(table[0, r], i, j, g0)
            m, v = tile_of(table[2, r], i, j, m0), tile_of(table[3, r], i, j, m0)
            update(theta, g, m, v, alpha, rho, beta1, beta2, eps, shrink, sign, u4(keys[r] + u4(i)))


@kernel()
def step(arguments, scratch, start, stop, openmp):
    """:func:`rows`, in threads."""
    parallel_for(rows, arguments, scratch, start, stop, openmp)


def adamw(
    params: list[Tensor],
    grads: list[Tensor],
    states: list[State],
    fresh: list[bool],
    group: dict[str, Any],
    found_inf: Tensor | None,
    numbers: list[int],
) -> NextStep | None:
    """Take one step; returns a function that takes the next one, or None if the step was skipped."""
    return first_step(step, True, params, grads, states, group, found_inf, numbers)
