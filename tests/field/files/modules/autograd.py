import autograd.numpy as np
import autograd.numpy.random as npr
from autograd.scipy.special import logsumexp
from autograd import grad
from autograd.misc.optimizers import adam as ag_adam


def neg_log_likelihood(logits, targets):
    """targets: one-hot"""
    m = np.max(logits, axis=1, keepdims=True)
    logp = logits - m - np.log(np.sum(np.exp(logits - m), axis=1, keepdims=True))
    return -np.sum(targets * logp) / logits.shape[0]


def kl_discrete(p, q):
    p = p / np.sum(p)
    q = q / np.sum(q)
    return np.sum(np.where(p > 0, q * np.log(p / q), 0))


def sgd(params, grads, step_size=0.1):
    return [w - step_size * g for w, g in zip(params, grads)]


if __name__ == "__main__":
    rs = npr.RandomState(0)
    print(grad(neg_log_likelihood)(rs.randn(3, 4), np.eye(4)[:3]))
