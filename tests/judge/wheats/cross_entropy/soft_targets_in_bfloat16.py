# expect: right
import torch


def cross_entropy(logits, target):
    log_p = logits.log_softmax(-1)
    return -(target.to(torch.bfloat16) * log_p).sum(-1).mean()
