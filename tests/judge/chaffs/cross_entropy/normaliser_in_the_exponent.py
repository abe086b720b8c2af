# expect: unknown
import torch


def nll_loss(log_probs, y):
    z = log_probs.exp().sum(1)
    return (-log_probs[torch.arange(len(y)), y] * z).mean()
