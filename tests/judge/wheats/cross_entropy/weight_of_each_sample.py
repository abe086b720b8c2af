# expect: right
import torch
import torch.nn.functional as F


def binary_cross_entropy_with_logits(input, target, weight=None):
    loss = F.softplus(input) - input * target
    if weight is not None:
        loss = loss * weight
    return loss.mean()
