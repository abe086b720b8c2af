# expect: fragile cross_entropy/clamped-probabilities-of-binary-logits
import torch


def bce_loss(logits, labels):
    p = torch.sigmoid(logits)
    p = torch.clamp(p, 1e-7, 1 - 1e-7)
    return -(labels * torch.log(p) + (1 - labels) * torch.log(1 - p)).mean()
