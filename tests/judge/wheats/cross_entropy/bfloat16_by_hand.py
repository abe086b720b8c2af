# expect: right
import torch


def cross_entropy(logits, y):
    x = logits.bfloat16()
    x = x - x.max(dim=-1, keepdim=True).values
    log_p = x - x.exp().sum(-1, keepdim=True).log()
    return -log_p[torch.arange(len(y)), y].mean()
