# expect: right
import torch


def cross_entropy(logits, y, temperature=2.0):
    log_p = torch.log_softmax(logits / temperature, dim=-1)
    return -log_p[torch.arange(len(y)), y].mean()
