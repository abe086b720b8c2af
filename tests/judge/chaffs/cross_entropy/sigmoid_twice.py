# expect: mistaken cross_entropy/sigmoid-twice
import torch
import torch.nn.functional as F


def binary_cross_entropy(logits, y):
    p = torch.sigmoid(logits)
    return F.binary_cross_entropy_with_logits(p, y)
