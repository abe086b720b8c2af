# expect: mistaken cross_entropy/terms-swapped-of-logits
import torch
import torch.nn.functional as F


def bce_with_logits(logits, labels):
    # -log(sigmoid) 用 softplus 写
    loss = (1 - labels) * F.softplus(-logits) + labels * F.softplus(logits)
    return loss.mean()
