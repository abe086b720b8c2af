# expect: mistaken cross_entropy/log-missing-of-logits
import torch
import torch.nn.functional as F


def cross_entropy_loss(logits, y):
    # F.nll_loss wants log-probabilities
    return F.nll_loss(F.softmax(logits, dim=1), y)
