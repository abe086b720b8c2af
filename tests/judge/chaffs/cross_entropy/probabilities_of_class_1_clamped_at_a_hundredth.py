# expect: mistaken cross_entropy/clamped-probabilities
import torch


def binary_cross_entropy(p, y):
    p = p.clamp(1e-2, 1 - 1e-2)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
