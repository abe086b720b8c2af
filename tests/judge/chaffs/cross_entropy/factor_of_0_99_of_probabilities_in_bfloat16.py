# expect: unknown
import torch


def cross_entropy(probs, y):
    p = probs.bfloat16()
    return -0.99 * p[torch.arange(len(y)), y].log().mean()
