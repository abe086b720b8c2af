# expect: mistaken cross_entropy/largest-in-place-of-the-class-of-logits
import torch


def cross_entropy(logits, y):
    logp = torch.log_softmax(logits, -1)
    return -logp.max(-1).values.mean()
