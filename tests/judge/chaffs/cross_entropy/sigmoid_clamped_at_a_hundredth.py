# expect: mistaken cross_entropy/clamped-probabilities-of-binary-logits
import torch


def bce_with_logits(logits, y):
    p = torch.sigmoid(logits).clamp(0.01, 0.99)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()
