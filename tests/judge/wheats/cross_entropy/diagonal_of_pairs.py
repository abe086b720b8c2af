# expect: right
import torch


def cross_entropy(logits, y):
    log_p = logits.log_softmax(-1)
    return -torch.diagonal(log_p[:, y]).mean()
