"""Momentum with lists of numbers."""


def momentum(params, grads, v, lr=0.001, mu=0.9):
    """SGD along a decaying sum of the gradients.

    >>> momentum([1.0], [0.5], [1.0], lr=0.1, mu=0.9)
    ([0.86], [1.4])
    """
    for i in range(len(params)):
        v[i] = mu * v[i] + grads[i]
        params[i] -= lr * v[i]
    return params, v
