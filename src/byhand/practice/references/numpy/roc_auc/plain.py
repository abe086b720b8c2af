"""ROC AUC by ranks with arrays."""

import numpy as np


def roc_auc(scores, labels):
    """AUC of n scores and n labels (1 positive, 0 negative); ties count half.

    >>> print(roc_auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1])))
    0.75
    """
    _, group, size = np.unique(scores, return_inverse=True, return_counts=True)
    last = size.cumsum()
    first = last - size + 1
    ranks = ((first + last) / 2)[group]
    n_pos = float((labels == 1).sum())
    n_neg = len(labels) - n_pos
    if n_pos == 0 or n_neg == 0:
        return np.nan
    U = ranks[labels == 1].sum() - n_pos * (n_pos + 1) / 2
    return U / (n_pos * n_neg)
