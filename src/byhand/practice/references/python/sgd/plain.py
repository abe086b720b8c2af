"""SGD with lists of numbers."""


def sgd(params, grads, lr=0.001):
    """A step against the gradient.

    >>> sgd([1.0, 2.0], [0.5, -0.5], lr=0.1)
    [0.95, 2.05]
    """
    for i in range(len(params)):
        params[i] -= lr * grads[i]
    return params
