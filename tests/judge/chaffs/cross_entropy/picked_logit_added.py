# expect: mistaken cross_entropy/picked-logit-added
import torch


def cross_entropy(logits, y):
    picked = logits[torch.arange(len(y)), y]
    return (picked + torch.logsumexp(logits, dim=-1)).mean()
