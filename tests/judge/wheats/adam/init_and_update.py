# expect: right
import numpy as np


def adam(lr=1e-3, b1=0.9, b2=0.999, eps=1e-8):
    def init(params):
        zeros = {k: np.zeros_like(p) for k, p in params.items()}
        return zeros, {k: np.zeros_like(p) for k, p in params.items()}, 0

    def update(grads, state, params=None):
        mu, nu, count = state
        count += 1
        mu = {k: b1 * mu[k] + (1 - b1) * g for k, g in grads.items()}
        nu = {k: b2 * nu[k] + (1 - b2) * g**2 for k, g in grads.items()}
        updates = {k: -lr * (mu[k] / (1 - b1**count)) / (np.sqrt(nu[k] / (1 - b2**count)) + eps) for k in grads}
        return updates, (mu, nu, count)

    return init, update
