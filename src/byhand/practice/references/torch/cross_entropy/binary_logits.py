"""Binary cross-entropy of logits with tensors."""

import torch


def binary_cross_entropy(logits, target):
    """Mean of the binary cross-entropy of p = σ(x), for any x.

    >>> binary_cross_entropy(torch.tensor([0.0, 1000.0]), torch.tensor([1.0, 1.0]))
    tensor(0.3466)
    """
    zero = torch.zeros_like(logits)
    positive = torch.logaddexp(zero, -logits)
    negative = torch.logaddexp(zero, logits)
    return (target * positive + (1 - target) * negative).mean()
