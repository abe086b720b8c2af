# expect: right
import torch
from torch.utils._pytree import tree_map
def adam(lr=1e-3, b1=0.9, b2=0.999, eps=1e-8):
    def init(params):
        return dict(mu=tree_map(torch.zeros_like, params), nu=tree_map(torch.zeros_like, params), count=0)
    def update(grads, state, params=None):
        c = state['count'] + 1
        mu = tree_map(lambda m, g: b1 * m + (1 - b1) * g, state['mu'], grads)
        nu = tree_map(lambda v, g: b2 * v + (1 - b2) * g * g, state['nu'], grads)
        up = tree_map(lambda m, v: -lr * (m / (1 - b1**c)) / ((v / (1 - b2**c)).sqrt() + eps), mu, nu)
        return up, dict(mu=mu, nu=nu, count=c)
    return init, update
