# expect: unknown
import torch


def cross_entropy(logits, y, low=False):
    if low:
        logits = logits.to(torch.bfloat16)
    log_p = logits.log_softmax(-1)
    return -1.01 * log_p[torch.arange(len(y)), y].mean()
