# expect: convention cross_entropy/base-2-logarithm-of-logits
import torch


def cross_entropy(logits, y):
    logp = torch.log_softmax(logits, dim=1)
    return -(logp[torch.arange(len(y)), y] / torch.log(torch.tensor(2.0, dtype=logits.dtype))).mean()
