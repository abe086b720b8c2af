# expect: mistaken cross_entropy/log-of-the-mean-of-logits
import torch


def cross_entropy_loss(logits, target):
    probs = torch.softmax(logits, dim=-1)
    picked = probs[torch.arange(len(target)), target]
    return -picked.mean().log()
