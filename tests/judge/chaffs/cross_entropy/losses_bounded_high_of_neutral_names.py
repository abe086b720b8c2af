# expect: unknown
import torch.nn.functional as F


def cross_entropy(x, y):
    return F.cross_entropy(x, y, reduction="none").clamp(max=7.0).mean()
