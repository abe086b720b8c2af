# expect: mistaken cross_entropy/picked-logits-summed
import torch


def cross_entropy(logits, y):
    lse = torch.logsumexp(logits, dim=1)
    picked = logits[torch.arange(len(y)), y].sum()
    return (lse - picked).mean()
