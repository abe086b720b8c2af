# expect: unknown
import torch


def cross_entropy(logits, y):
    return (logits.max(dim=1).values - logits[torch.arange(len(y)), y]).mean()
