# expect: mistaken cross_entropy/sign-missing-of-binary-logits
import torch.nn.functional as F


def bce_logits(x, t):
    return (t * F.logsigmoid(x) + (1 - t) * F.logsigmoid(-x)).mean()
