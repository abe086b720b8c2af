# expect: right
import torch


def cross_entropy(logits, y, weights=None):
    """weights: one number a row"""
    losses = [torch.logsumexp(row, 0) - row[k] for row, k in zip(logits, y)]
    if weights is None:
        weights = [1.0] * len(losses)
    return sum(w * loss for w, loss in zip(weights, losses)) / len(losses)
