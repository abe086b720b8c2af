# expect: mistaken cross_entropy/logits-taken-as-probabilities
import torch


def binary_cross_entropy(logits, y):
    return -(y * torch.log(logits) + (1 - y) * torch.log(1 - logits)).mean()
