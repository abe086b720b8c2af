"""Binary cross-entropy of probabilities with tensors."""

import torch


def binary_cross_entropy(p, target):
    """Mean of −t · log p − (1 − t) · log(1 − p).

    >>> binary_cross_entropy(torch.tensor([0.8, 0.0]), torch.tensor([1.0, 0.0]))
    tensor(0.1116)
    """
    positive = torch.where(target != 0, p, 1).log()
    negative = torch.where(target != 1, 1 - p, 1).log()
    return -(target * positive + (1 - target) * negative).mean()
