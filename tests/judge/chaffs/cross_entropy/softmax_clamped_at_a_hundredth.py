# expect: mistaken cross_entropy/clamped-probabilities-of-logits
import torch


def cross_entropy(logits, y):
    p = torch.softmax(logits, dim=-1).clamp(min=0.01)
    return -torch.log(p[torch.arange(len(y)), y]).mean()
