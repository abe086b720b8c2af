# expect: right
import numpy as np


def adam_init(shape):
    return {"m": np.zeros(shape), "v": np.zeros(shape), "t": 0}


def adam_update(x, dx, state, lr=1e-3, rho1=0.9, rho2=0.999, eps=1e-8):
    t = state["t"] + 1
    m = state["m"] + (1 - rho1) * (dx - state["m"])
    v = state["v"] + (1 - rho2) * (dx * dx - state["v"])
    update = lr * m / (1 - rho1**t) / (np.sqrt(v / (1 - rho2**t)) + eps)
    return x - update, {"m": m, "v": v, "t": t}
