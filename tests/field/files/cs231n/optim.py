import numpy as np

"""
First-order update rules for the nets. Each one takes w, dw, config and
gives back next_w, config.   (assignment 2)
"""


def sgd(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    w = w - config["learning_rate"] * dw
    return w, config


def sgd_momentum(w, dw, config=None):
    """keeps config['velocity']"""
    if config is None: config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    next_w = None
    # >>> TODO momentum
    v = config["momentum"] * v - config["learning_rate"] * dw
    next_w = w + v
    # <<<
    config["velocity"] = v
    return next_w, config


def rmsprop(w, dw, config=None):
    config = config or {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))
    config["cache"] = config["decay_rate"] * config["cache"] + (1 - config["decay_rate"]) * dw ** 2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"])
    return next_w, config


def adam(w, dw, config=None):
    if config is None: config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("t", 1)

    lr, b1, b2, eps, m, v, t = (config[k] for k in ("learning_rate", "beta1", "beta2", "epsilon", "m", "v", "t"))
    t += 1
    m = b1 * m + (1 - b1) * dw
    v = b2 * v + (1 - b2) * dw * dw
    mb = m / (1 - b1 ** t)
    vb = v / (1 - b2 ** t)
    next_w = w - lr * mb / (np.sqrt(vb) + eps)
    config["m"], config["v"], config["t"] = m, v, t
    return next_w, config
