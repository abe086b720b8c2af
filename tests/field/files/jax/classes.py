import jax.numpy as jnp
from jax import grad, jit
from jax.nn import log_softmax, one_hot
from jax.tree_util import tree_map


class Momentum:
    """opt = Momentum(0.1); state = opt.init(params); params, state = opt.update(grads, state, params)"""

    def __init__(self, lr, momentum=0.9):
        self.lr = lr
        self.momentum = momentum

    def init(self, params):
        return tree_map(jnp.zeros_like, params)

    def update(self, grads, state, params):
        state = tree_map(lambda v, g: self.momentum * v + g, state, grads)
        params = tree_map(lambda p, v: p - self.lr * v, params, state)
        return params, state


@jit
def nll(logits, targets):
    return -(one_hot(targets, 10) * log_softmax(logits)).sum(-1).mean()


@jit
def sgd_update(params, grads, lr=0.1):
    return tree_map(lambda p, g: p - lr * g, params, grads)


def loss_fn(params, x, y):
    return nll(x @ params["w"] + params["b"], y)


step = jit(grad(loss_fn))
