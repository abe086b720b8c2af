# expect: fragile
import torch


def cross_entropy(logits, y, ignore_index=-100):
    log_p = torch.log_softmax(logits, dim=-1)
    return -log_p[torch.arange(len(y)), y].mean()
