"""SGD with L2, with lists of numbers."""


def sgd(params, grads, lr=0.001, weight_decay=0.0):
    """A step against the gradient of the loss and of an L2 penalty.

    >>> sgd([1.0, 2.0], [0.5, -0.5], lr=0.1, weight_decay=0.5)
    [0.9, 1.95]
    """
    for i in range(len(params)):
        g = grads[i] + weight_decay * params[i]
        params[i] -= lr * g
    return params
