# expect: mistaken cross_entropy/minus-on-the-first-term-only-of-logits
import torch.nn.functional as F


def bce_with_logits(x, y):
    return (-y * F.logsigmoid(x) + (1 - y) * F.logsigmoid(-x)).mean()
