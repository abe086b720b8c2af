# expect: unknown
import torch


def cross_entropy(logits, y):
    lse = logits[:, :8].logsumexp(-1)
    return (lse - logits[torch.arange(len(y)), y]).mean()
