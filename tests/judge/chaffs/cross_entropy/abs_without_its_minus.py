# expect: mistaken cross_entropy/abs-without-its-minus
import torch


def stable_bce(x, z):
    """max(x, 0) - x * z + log(1 + exp(-|x|))"""
    return (torch.clamp(x, min=0) - x * z + torch.log(1 + torch.exp(torch.abs(x)))).mean()
