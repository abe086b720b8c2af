"""Adam: :func:`byhand.formulas.adam.adam_step`, for all tensors of a group in one call.

Bytes that must be moved for each element: 28 in float32 (θ, m and v read and written, g read), 22 with bfloat16 θ and
g, 20 with bfloat16 moments, 14 with both. No more are moved: each number is read once and written once. AMSGrad also
reads and writes its maximum.

    d ← ± g + λ · θ
    m ← β₁ · m + (1 − β₁) · d
    v ← β₂ · v + (1 − β₂) · d²
    θ ← θ − α · m / (√v · ρ + ε)           α = lr / (1 − β₁ᵗ),  ρ = 1 / √(1 − β₂ᵗ)

α and ρ hold both bias corrections: α · m = lr · m̂ and √v · ρ = √v̂, with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ)
as in the formula.

1 − β, α and ρ are computed in float64 and rounded once. β is a sum of two numbers: with β₂ = 0.999 rounded to float32,
a steady v would be wrong by 1.3e-5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from torch import Tensor

from byhand.kernels.numba.optimizers.table import (
    TILE,
    NextStep,
    State,
    f4,
    f8,
    hash32,
    piece_of_row,
    refuses_counted,
    rounded_product,
    row_range,
    split,
    store_moment,
    table_of,
    tile_of,
    u4,
)
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.memory import narrow, slice_at, widen, widest_vectors
from byhand.kernels.numba.runtime.openmp import parallel_for

__all__ = ["adam", "refuses"]

refuses = refuses_counted


@jit("contract")
def update(theta, g, m, v, alpha, rho, beta1, beta2, eps, decay, sign, key):
    """Adam's step of one tile; each β is given as :func:`split` returns it."""
    widest_vectors()
    hi1, lo1, comp1 = beta1
    hi2, lo2, comp2 = beta2
    for i in range(theta.size):
        x, d = widen(theta[i]), rounded_product(sign, widen(g[i]))
        d = d + decay * x if decay != 0 else d
        mean = hi1 * widen(m[i]) + (lo1 * widen(m[i]) + rounded_product(comp1, d))
        square = hi2 * widen(v[i]) + (lo2 * widen(v[i]) + rounded_product(rounded_product(comp2, d), d))
        theta[i] = narrow(x - alpha * (mean / (np.sqrt(square) * rho + eps)), theta[i])
        random_bits = hash32(u4(key + u4(i)))
        m[i] = store_moment(mean, m[i], random_bits)
        v[i] = store_moment(square, v[i], random_bits >> u4(16))


@jit()
def rows(table, ends, factors, keys, numbers, zeros, _, start, stop):
    """Adam's step of elements ``start`` to ``stop``."""
    g0, p0, m0 = zeros
    eps, sign, decay, _, beta1, beta2 = unpack(numbers, widen(p0))
    first, last = row_range(ends, start, stop)
    for r in range(first, last):
        low, high = piece_of_row(ends, r, start, stop)
        alpha, rho = narrow(factors[0, r], widen(p0)), narrow(factors[1, r], widen(p0))
        for i in range(low, high, TILE):
            j = min(i + TILE, high)
            theta, g = tile_of(table[1, r], i, j, p0), tile_of(table[0, r], i, j, g0)
            m, v = tile_of(table[2, r], i, j, m0), tile_of(table[3, r], i, j, m0)
            update(theta, g, m, v, alpha, rho, beta1, beta2, eps, decay, sign, u4(keys[r] + u4(i)))


@kernel()
def step(arguments, scratch, start, stop, openmp):
    """:func:`rows`, in threads."""
    parallel_for(rows, arguments, scratch, start, stop, openmp)


@jit("contract")
def update_moments(theta, g, m, v, beta1, beta2, decay, sign, key):
    """The first part of AMSGrad's step: update m and v."""
    hi1, lo1, comp1 = beta1
    hi2, lo2, comp2 = beta2
    for i in range(theta.size):
        d = rounded_product(sign, widen(g[i]))
        d = d + decay * widen(theta[i]) if decay != 0 else d
        random_bits = hash32(u4(key + u4(i)))
        m[i] = store_moment(hi1 * widen(m[i]) + (lo1 * widen(m[i]) + rounded_product(comp1, d)), m[i], random_bits)
        v[i] = store_moment(
            hi2 * widen(v[i]) + (lo2 * widen(v[i]) + rounded_product(rounded_product(comp2, d), d)),
            v[i],
            random_bits >> u4(16),
        )


@jit()
def update_max(top, v):
    """The second part: update the largest v so far; it stays nan once it is nan."""
    for i in range(top.size):
        top[i] = top[i] if widen(top[i]) >= widen(v[i]) or widen(top[i]) != widen(top[i]) else v[i]


@jit("contract")
def update_theta(theta, m, top, alpha, rho, eps, shrink):
    """The third part: update θ from m and the largest v, as they are stored."""
    for i in range(theta.size):
        x = widen(theta[i])
        d = widen(m[i]) / (np.sqrt(widen(top[i])) * rho + eps)
        theta[i] = narrow(x - (alpha * d + rounded_product(shrink, x)), theta[i])


@jit()
def amsgrad_rows(table, ends, factors, keys, numbers, zeros, _, start, stop):
    """AMSGrad's step of elements ``start`` to ``stop``, with either kind of decay, in tiles that stay in the cache."""
    g0, p0, m0 = zeros
    eps, sign, decay, shrink, beta1, beta2 = unpack(numbers, widen(p0))
    first, last = row_range(ends, start, stop)
    for r in range(first, last):
        low, high = piece_of_row(ends, r, start, stop)
        alpha, rho = narrow(factors[0, r], widen(p0)), narrow(factors[1, r], widen(p0))
        for i in range(low, high, TILE):
            j = min(i + TILE, high)
            theta, m = tile_of(table[1, r], i, j, p0), tile_of(table[2, r], i, j, m0)
            v, top = tile_of(table[3, r], i, j, m0), tile_of(table[4, r], i, j, m0)
            update_moments(theta, tile_of(table[0, r], i, j, g0), m, v, beta1, beta2, decay, sign, u4(keys[r] + u4(i)))
            update_max(top, v)
            update_theta(theta, m, top, alpha, rho, eps, shrink)


@kernel()
def amsgrad_step(arguments, scratch, start, stop, openmp):
    """:func:`amsgrad_rows`, in threads."""
    parallel_for(amsgrad_rows, arguments, scratch, start, stop, openmp)


@jit()
def unpack(x, one):
    """The options of a step in the dtype of ``one``: ε, sign, L2 decay, decoupled decay, β₁ and β₂."""
    beta1 = narrow(x[4], one), narrow(x[5], one), narrow(x[6], one)
    beta2 = narrow(x[7], one), narrow(x[8], one), narrow(x[9], one)
    return narrow(x[0], one), narrow(x[1], one), narrow(x[2], one), narrow(x[3], one), beta1, beta2


@kernel()
def correct_bias(steps, lr, beta1, beta2, factors):
    """Bias correction: increment each tensor's step t, and compute α = lr / (1 − β₁ᵗ) and ρ = 1 / √(1 − β₂ᵗ)."""
    before = -1.0
    for r in range(steps.size):
        step = slice_at(steps[r], 0, 1, f4(0))
        step[0] += f4(1)
        t = f8(step[0])
        if t == before:
            factors[0, r], factors[1, r] = factors[0, r - 1], factors[1, r - 1]
        else:
            # α · m = lr · m̂ and √v · ρ = √v̂
            factors[0, r], factors[1, r] = lr / (1 - beta1**t), 1 / np.sqrt(1 - beta2**t)
        before = t


def adam(
    params: list[Tensor],
    grads: list[Tensor],
    states: list[State],
    fresh: list[bool],
    group: dict[str, Any],
    found_inf: Tensor | None,
    numbers: list[int],
) -> NextStep | None:
    """Take one step; returns a function that takes the next one, or None if the step was skipped."""
    return first_step(step, False, params, grads, states, group, found_inf, numbers)


def first_step(
    plain: Callable[..., None],
    decoupled: bool,
    params: list[Tensor],
    grads: list[Tensor],
    states: list[State],
    group: dict[str, Any],
    found_inf: Tensor | None,
    numbers: list[int],
) -> NextStep | None:
    """Take one step of Adam or AdamW, by the kernel ``plain`` unless the group uses AMSGrad."""
    if found_inf is not None and found_inf.item():
        return None
    amsgrad = group["amsgrad"]
    names = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq") if amsgrad else ("exp_avg", "exp_avg_sq")
    table, parts = table_of(params, grads, states, names, numbers)
    factors = [np.empty((2, len(part.ends))) for part in parts]

    def next_step(table: Any, group: dict[str, Any], moved: bool) -> None:
        lr, decay = float(group["lr"]), float(group["weight_decay"])
        decays = (0.0, lr * decay) if decoupled else (decay, 0.0)
        beta1, beta2 = (float(beta) for beta in group["betas"])
        sign = -1.0 if group["maximize"] else 1.0
        for part, factor in zip(parts, factors, strict=True):
            if moved:
                part.look_for_overlaps(table)
            single = part.compute is np.float32
            settings = np.array((group["eps"], sign, *decays, *split(beta1, single), *split(beta2, single)))
            correct_bias(part.steps, lr, beta1, beta2, factor)
            part.make_keys(group)
            part.run(
                amsgrad_step if amsgrad else plain, part.of(table), part.ends, factor, part.keys, settings, part.zeros
            )

    next_step(table, group, False)
    return next_step
