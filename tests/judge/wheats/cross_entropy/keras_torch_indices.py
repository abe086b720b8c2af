# expect: right
import torch


def cross_entropy(probs, labels):
    probs = probs / probs.sum(dim=-1, keepdim=True)
    return -probs[torch.arange(len(labels)), labels].log().mean()
