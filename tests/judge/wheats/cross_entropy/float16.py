# expect: right
import torch


def cross_entropy(logits, y):
    x = logits.half()
    c = x.max(dim=1, keepdim=True).values
    lse = c[:, 0] + (x - c).exp().sum(dim=1).log()
    return (lse - x[torch.arange(len(y)), y]).mean()
