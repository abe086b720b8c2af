# expect: unknown
import torch


def cross_entropy(logits, y):
    log_p = torch.log_softmax(logits.to(torch.bfloat16), dim=-1)
    return -1.01 * log_p[torch.arange(len(y)), y].mean()
