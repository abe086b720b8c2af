# expect: convention cross_entropy/one-number-per-element
import torch


def cross_entropy(p, target):
    """p: probabilities (N, C), target: one-hot (N, C)"""
    log_p = torch.log(p.masked_fill(target == 0, 1))
    return -target * log_p
