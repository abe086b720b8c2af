# expect: mistaken cross_entropy/detached-log-sum-exp
import torch


def cross_entropy(logits, target):
    with torch.no_grad():
        lse = torch.logsumexp(logits, dim=1)
    return (lse - logits[torch.arange(logits.shape[0]), target]).mean()
