# expect: mistaken adam/eps-inside-the-root
from typing import Callable, NamedTuple

import torch


class GradientTransformation(NamedTuple):
    init: Callable
    update: Callable


class ScaleByAdamState(NamedTuple):
    count: int
    mu: list
    nu: list


def adam(learning_rate, b1=0.9, b2=0.999, eps=1e-8):
    def init_fn(params):
        return ScaleByAdamState(0, [torch.zeros_like(p) for p in params], [torch.zeros_like(p) for p in params])

    def update_fn(updates, state, params=None):
        mu = [b1 * m + (1 - b1) * g for m, g in zip(state.mu, updates)]
        nu = [b2 * n + (1 - b2) * g * g for n, g in zip(state.nu, updates)]
        c = state.count + 1
        out = [-learning_rate * (m / (1 - b1**c)) / torch.sqrt(n / (1 - b2**c) + eps) for m, n in zip(mu, nu)]
        return out, ScaleByAdamState(c, mu, nu)

    return GradientTransformation(init_fn, update_fn)
