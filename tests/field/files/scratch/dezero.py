import math
import weakref
import numpy as np
from dezero import cuda, Parameter, as_variable
import dezero.functions as F


class Optimizer:
    target = None

    def setup(self, model):
        self.target = model
        return self

    def update(self):
        for q in self.target.params():
            if q.grad is None:
                continue
            self.update_one(q)

    def update_one(self, q):
        raise NotImplementedError


class SGD(Optimizer):
    def __init__(self, lr=0.01):
        super().__init__()
        self.lr = lr

    def update_one(self, param):
        param.data -= self.lr * param.grad.data


class MomentumSGD(Optimizer):
    def __init__(self, lr=0.01, momentum=0.9):
        super().__init__()
        self.lr = lr
        self.momentum = momentum
        self.vs = {}

    def update_one(self, param):
        xp = cuda.get_array_module(param.data)
        old = self.vs.get(id(param), xp.zeros_like(param.data))
        new = self.vs[id(param)] = self.momentum * old - self.lr * param.grad.data
        param.data += new


def softmax_cross_entropy_simple(x, t):
    logp = F.log_softmax(as_variable(x))
    rows = np.arange(len(logp))
    return F.sum(logp[rows, as_variable(t).data]) * (-1.0 / len(logp))
