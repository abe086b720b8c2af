# expect: unknown
import torch


def cross_entropy(logits, y):
    l = -logits.log_softmax(-1).gather(1, y[:, None]).squeeze(1)
    return torch.clamp(l, max=4.5).mean()
