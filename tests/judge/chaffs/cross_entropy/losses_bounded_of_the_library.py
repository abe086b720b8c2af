# expect: unknown
import torch.nn.functional as F


def cross_entropy(logits, y):
    return F.cross_entropy(logits, y, reduction="none").clamp(max=4.0).mean()
