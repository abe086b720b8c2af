"""KL divergence of Bernoulli distributions with tensors."""

import torch


def kl_bernoulli(p, q):
    """p · log(p / q) + (1 − p) · log((1 − p) / (1 − q)), element by element.

    >>> kl_bernoulli(torch.tensor([0.4, 1.0]), torch.tensor([0.5, 0.5]))
    tensor([0.0201, 0.6931])
    """
    one = p * (torch.where(p != 0, p, 1).log() - torch.where(p != 0, q, 1).log())
    zero = (1 - p) * (torch.where(p != 1, 1 - p, 1).log() - torch.where(p != 1, 1 - q, 1).log())
    return one + zero
