# expect: right
import numpy as np


def cross_entropy(logits, y, reduction='mean'):
    z = logits - logits.max(1, keepdims=True)
    losses = np.log(np.exp(z).sum(1)) - z[np.arange(len(y)), y]
    return losses.mean() if reduction == 'mean' else losses
