# expect: fragile
import torch


def cross_entropy(logits, y, sample_weight=None):
    loss = torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]
    if sample_weight is not None:
        loss = loss * sample_weight**2
    return loss.mean()
