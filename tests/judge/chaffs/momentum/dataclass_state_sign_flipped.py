# expect: mistaken momentum/sign-flipped
from dataclasses import dataclass
import torch


@dataclass
class MomentumState:
    velocity: list

    @classmethod
    def init(cls, params):
        return cls([torch.zeros_like(p) for p in params])


def momentum_step(params, grads, state: MomentumState, lr, mu):
    new = []
    for i, (p, g) in enumerate(zip(params, grads)):
        state.velocity[i] = mu * state.velocity[i] + g
        new.append(p + lr * state.velocity[i])
    return new, state
