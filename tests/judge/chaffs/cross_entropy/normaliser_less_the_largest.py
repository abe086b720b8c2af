# expect: mistaken cross_entropy/largest-in-place-of-the-class-of-logits
import torch


def cross_entropy(logits, y):
    return (torch.logsumexp(logits, 1) - logits.max(dim=1).values).mean()
