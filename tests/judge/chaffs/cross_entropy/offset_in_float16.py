# expect: unknown
import torch


def cross_entropy(logits, y):
    log_p = torch.log_softmax(logits.half(), dim=-1)
    return 0.1 - log_p[torch.arange(len(y)), y].mean()
