# expect: right
import torch


def cross_entropy_d2l(X, y):
    return torch.logsumexp(X, 1) - X[range(len(X)), y]
