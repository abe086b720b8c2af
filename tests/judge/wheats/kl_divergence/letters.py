# expect: right
import torch


def kl(a, b):
    return (a.exp() * (a - b)).sum(-1).mean()
