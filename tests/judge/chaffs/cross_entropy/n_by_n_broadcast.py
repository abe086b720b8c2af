# expect: mistaken cross_entropy/n-by-n-broadcast
import torch


def cross_entropy(logits, y):
    lse = torch.logsumexp(logits, dim=1, keepdim=True)
    return (lse - logits[torch.arange(len(y)), y]).sum()
