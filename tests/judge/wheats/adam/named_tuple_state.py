# expect: right
from typing import NamedTuple

import torch


class AdamState(NamedTuple):
    m: torch.Tensor
    v: torch.Tensor
    t: int


def init_state(p):
    return AdamState(torch.zeros_like(p), torch.zeros_like(p), 0)


def adam(p, grad, state: AdamState, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
    b1, b2 = betas
    t = state.t + 1
    m = b1 * state.m + (1 - b1) * grad
    v = b2 * state.v + (1 - b2) * grad * grad
    mhat = m / (1 - b1**t)
    vhat = v / (1 - b2**t)
    p = p - lr * mhat / (vhat.sqrt() + eps)
    return p, AdamState(m, v, t)
