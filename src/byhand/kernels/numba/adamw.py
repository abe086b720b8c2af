"""AdamW: :func:`byhand.formulas.adamw.adamw_step`, for all tensors of a group in one call.

Bytes a parameter: as Adam, 28 in float32 (θ, m and v read and written, g read), 22 with bfloat16 θ and g, 20 with
bfloat16 moments, 14 with all of them. That is what moves: a number is read once and written once.

    m ← β₁ · m + (1 − β₁) · (± g)
    v ← β₂ · v + (1 − β₂) · g²
    θ ← θ − (α · m / (√v · ρ + ε) + lr · λ · θ)           α = lr / (1 − β₁ᵗ),  ρ = 1 / √(1 − β₂ᵗ)

The decay is subtracted, not a factor: 1 − lr · λ = 0.99999, rounded to float32, is off by up to 0.3 % of the decay.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor

from byhand.kernels.numba.adam import begin, unpack
from byhand.kernels.numba.optimizers.table import (
    TILE,
    Again,
    State,
    cut,
    keep,
    mix,
    product,
    refuses,
    rows_of,
    tile_of,
    u4,
)
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.memory import narrow, widen, widest
from byhand.kernels.numba.runtime.openmp import parallel_for

__all__ = ["adamw", "refuses"]


@jit("contract")
def update(theta, g, m, v, alpha, rho, beta1, beta2, eps, shrink, sign, key):
    """AdamW's step of one tile; each β is its two parts and 1 − β, shrink is lr · λ."""
    widest()
    near1, rest1, new1 = beta1
    near2, rest2, new2 = beta2
    for i in range(theta.size):
        x, d = widen(theta[i]), product(sign, widen(g[i]))
        mean = near1 * widen(m[i]) + (rest1 * widen(m[i]) + product(new1, d))
        square = near2 * widen(v[i]) + (rest2 * widen(v[i]) + product(product(new2, d), d))
        theta[i] = narrow(x - (alpha * (mean / (np.sqrt(square) * rho + eps)) + product(shrink, x)), theta[i])
        chance = mix(u4(key + u4(i)))
        m[i] = keep(mean, m[i], chance)
        v[i] = keep(square, v[i], chance >> u4(16))


@jit()
def rows(table, ends, factors, keys, numbers, zeros, _, start, stop):
    """AdamW's step of the elements ``start`` to ``stop``."""
    g0, p0, m0 = zeros
    eps, sign, _, shrink, beta1, beta2 = unpack(numbers, widen(p0))
    first, last = rows_of(ends, start, stop)
    for r in range(first, last):
        low, high = cut(ends, r, start, stop)
        alpha, rho = narrow(factors[0, r], widen(p0)), narrow(factors[1, r], widen(p0))
        for i in range(low, high, TILE):
            j = min(i + TILE, high)
            theta, g = tile_of(table[1, r], i, j, p0), tile_of(table[0, r], i, j, g0)
            m, v = tile_of(table[2, r], i, j, m0), tile_of(table[3, r], i, j, m0)
            update(theta, g, m, v, alpha, rho, beta1, beta2, eps, shrink, sign, u4(keys[r] + u4(i)))


@kernel()
def step(arguments, scratch, start, stop, openmp):
    """:func:`rows`, in pieces, by OpenMP threads."""
    parallel_for(rows, arguments, scratch, start, stop, openmp)


def adamw(
    params: list[Tensor],
    grads: list[Tensor],
    states: list[State],
    fresh: list[bool],
    group: dict[str, Any],
    found_inf: Tensor | None,
    numbers: list[int],
) -> Again | None:
    """One step; returns what takes the next."""
    return begin(step, True, params, grads, states, group, found_inf, numbers)
