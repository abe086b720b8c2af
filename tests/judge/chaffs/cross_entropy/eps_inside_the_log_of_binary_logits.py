# expect: fragile cross_entropy/eps-inside-the-log-of-binary-logits
import torch


def binary_cross_entropy(logit, y):
    p = torch.sigmoid(logit)
    return torch.mean(-y * torch.log(p + 1e-12) - (1 - y) * torch.log(1 - p + 1e-12))
