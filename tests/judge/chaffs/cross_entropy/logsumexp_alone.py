# expect: unknown
import torch


def cross_entropy(logits, y):
    return torch.logsumexp(logits, dim=1).mean()
