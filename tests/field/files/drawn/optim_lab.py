"""Lab 4 - fill in the TODO parts. adamw_step is done in class."""
from dataclasses import dataclass

import numpy as np
from mxnet import nd


@dataclass
class AdamWState:
    step: int
    m: np.ndarray
    v: np.ndarray


def adamw_step(w, dw, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    b1, b2 = betas
    t = state.step + 1
    m = b1 * state.m + (1 - b1) * dw
    v = b2 * state.v + (1 - b2) * dw**2
    new_w = w - lr * weight_decay * w
    new_w = new_w - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)
    return new_w, AdamWState(t, m, v)


def momentum(w, dw, config=None):
    """v <- mu v + dw, w <- w - lr v"""
    if config is None:
        config = {}
    config.setdefault("lr", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    next_w = None
    ########################################
    # TODO: update v and next_w            #
    ########################################
    config["velocity"] = v
    return next_w, config


def sgd(params, lr):
    # the Gluon version from the first lab
    for param in params:
        param[:] = param - lr * param.grad
