"""Optimizers as pairs of pure functions, like the big library does it."""
from typing import NamedTuple

import jax
import jax.numpy as jnp


class GradientTransformation(NamedTuple):
    init: callable
    update: callable


class AdamState(NamedTuple):
    count: int
    mu: list
    nu: list


def sgd(learning_rate):
    def init(params):
        return ()

    def update(grads, state, params=None):
        return jax.tree_util.tree_map(lambda g: -learning_rate * g, grads), state

    return GradientTransformation(init, update)


def adam(learning_rate, b1=0.9, b2=0.999, eps=1e-8):
    def init(params):
        zeros = jax.tree_util.tree_map(jnp.zeros_like, params)
        return AdamState(0, zeros, zeros)

    def update(grads, state, params=None):
        count = state.count + 1
        mu = jax.tree_util.tree_map(lambda m, g: b1 * m + (1 - b1) * g, state.mu, grads)
        nu = jax.tree_util.tree_map(lambda v, g: b2 * v + (1 - b2) * g * g, state.nu, grads)
        scale = learning_rate * jnp.sqrt(1 - b2 ** count) / (1 - b1 ** count)
        updates = jax.tree_util.tree_map(lambda m, v: -scale * m / (jnp.sqrt(v) + eps), mu, nu)
        return updates, AdamState(count, mu, nu)

    return GradientTransformation(init, update)


def apply_updates(params, updates):
    return jax.tree_util.tree_map(lambda p, u: p + u, params, updates)
