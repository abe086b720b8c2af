# expect: library
from torch import optim


def momentum(params, lr=0.01, momentum=0.9):
    return optim.SGD(params, lr, momentum)
