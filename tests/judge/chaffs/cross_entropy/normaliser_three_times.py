# expect: unknown
import torch


def cross_entropy(logits, y):
    lse = torch.logsumexp(logits, -1)
    return (3 * lse - logits.gather(1, y[:, None])[:, 0]).mean()
