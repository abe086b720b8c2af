# expect: right
from dataclasses import dataclass, field
import numpy as np


@dataclass
class AdamState:
    step: int = 0
    m: dict = field(default_factory=dict)
    v: dict = field(default_factory=dict)


@dataclass
class AdamConfig:
    lr: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8


def adam_step(params: dict, grads: dict, state: AdamState, cfg: AdamConfig):
    state.step += 1
    for name, g in grads.items():
        m = state.m.get(name, np.zeros_like(g))
        v = state.v.get(name, np.zeros_like(g))
        m = cfg.beta1 * m + (1 - cfg.beta1) * g
        v = cfg.beta2 * v + (1 - cfg.beta2) * g**2
        state.m[name], state.v[name] = m, v
        m_hat = m / (1 - cfg.beta1**state.step)
        v_hat = v / (1 - cfg.beta2**state.step)
        params[name] -= cfg.lr * m_hat / (np.sqrt(v_hat) + cfg.eps)
