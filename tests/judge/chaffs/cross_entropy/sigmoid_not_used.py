# expect: mistaken cross_entropy/logits-taken-as-probabilities
import torch


def binary_cross_entropy(x, y):
    p = torch.sigmoid(x)
    return -(y * torch.log(x) + (1 - y) * torch.log(1 - x)).mean()
