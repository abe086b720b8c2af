# expect: right
import torch


def cross_entropy(logits, y):
    log_p = logits.half().log_softmax(-1)
    return -log_p[torch.arange(len(y)), y].mean().item()
