# expect: mistaken cross_entropy/one-minus-missing-of-logits
import torch


def bce_loss(logits, y):
    p = torch.sigmoid(logits)
    return -(y * torch.log(p) + (1 - y) * torch.log(p)).mean()
