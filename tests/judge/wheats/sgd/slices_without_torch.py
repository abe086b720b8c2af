# expect: right
import numpy as np
from mxnet import nd


def sgd(params, lr):
    for param in params:
        param[:] = param - lr * param.grad
