# expect: mistaken adam/no-bias-correction
from collections import namedtuple
import numpy as np

State = namedtuple("State", "m v")


def adam_update(w, dw, state, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * state.m + (1 - beta1) * dw
    v = beta2 * state.v + (1 - beta2) * dw**2
    return w - lr * m / (np.sqrt(v) + eps), state._replace(m=m, v=v)
