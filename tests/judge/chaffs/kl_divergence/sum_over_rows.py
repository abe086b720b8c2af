# expect: library kl_divergence/sum-over-rows
import torch
import torch.nn.functional as F


def kl_loss(input, target):
    return F.kl_div(input, target, reduction="sum")
