# expect: mistaken cross_entropy/sigmoid-in-place-of-softmax
import torch


def cross_entropy(logits, y):
    p = torch.sigmoid(logits)
    return -p[torch.arange(len(y)), y].log().mean()
