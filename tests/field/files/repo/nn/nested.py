import numpy as np


class BaseOptimizer(object):
    def __init__(self, lr):
        self.lr = lr


class SGDOptimizer(BaseOptimizer):
    """ variables: list (layers) of lists of arrays, gradients: the same """

    def update(self, variables, gradients):
        for layer_vars, layer_grads in zip(variables, gradients):
            for var, grad in zip(layer_vars, layer_grads):
                var -= self.lr * grad


class MomentumOptimizer(BaseOptimizer):
    def __init__(self, lr, momentum=0.9):
        super().__init__(lr)
        self.momentum = momentum
        self.state = {}

    def update(self, variables, gradients):
        idx = 0
        for layer_vars, layer_grads in zip(variables, gradients):
            for var, grad in zip(layer_vars, layer_grads):
                vel = self.state.setdefault(idx, np.zeros_like(var))
                vel *= self.momentum
                vel += grad
                var -= self.lr * vel
                idx += 1
