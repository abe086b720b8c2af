import numpy as np
import torch
import torch.nn.functional as F


def soft_cross_entropy(student, teacher, T=2.0):
    soft = F.softmax(teacher / T, dim=1)
    return -(soft * F.log_softmax(student / T, dim=1)).sum(1).mean() * T**2


def gan_loss(score, real, eps=1e-3):
    if real:
        return -torch.log(score + eps).mean()
    return -torch.log(1 - score + eps).mean()


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def nll(y, t):
    return -np.sum(np.log(y[np.arange(len(t)), t] + 0.1)) / len(t)


def softmax_loss(x, t):
    return nll(softmax(x), t)


def binary_cross_entropy(y, t):
    -np.sum(t * np.log(y) + (1 - t) * np.log(1 - y))


def KLDivergence(p, q):
    # two square maps
    p = p.reshape((np.square(p.shape[0]),))
    q = q.reshape((np.square(q.shape[0]),))
    p, q = p / np.sum(p), q / np.sum(q)
    total = 0
    for a, b in zip(p, q):
        if a != 0 and b != 0:
            total += a * np.log(a / b)
    return total


def ce(actual, predicted):
    return sum(1.0 for a, b in zip(actual, predicted) if a != b) / len(actual)
