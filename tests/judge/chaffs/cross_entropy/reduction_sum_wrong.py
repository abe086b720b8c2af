# expect: fragile
import numpy as np


def cross_entropy(logits, labels, reduction="mean"):
    c = logits.max(axis=1, keepdims=True)
    losses = c[:, 0] + np.log(np.exp(logits - c).sum(axis=1)) - logits[np.arange(len(labels)), labels]
    if reduction == "mean":
        return losses.mean()
    elif reduction == "sum":
        return losses.sum() * 2
    return losses
