"""ROC AUC by ranks with tensors."""

import torch


def roc_auc(scores, labels):
    """AUC of n scores and n labels (1 positive, 0 negative); ties count half.

    >>> roc_auc(torch.tensor([0.1, 0.4, 0.35, 0.8]), torch.tensor([0, 0, 1, 1]))
    tensor(0.7500, dtype=torch.float64)
    """
    _, group, size = torch.unique(scores, return_inverse=True, return_counts=True)
    last = size.cumsum(0)
    first = last - size + 1
    ranks = ((first + last).double() / 2)[group]
    n_pos = (labels == 1).sum().double()
    n_neg = len(labels) - n_pos
    U = ranks[labels == 1].sum() - n_pos * (n_pos + 1) / 2
    return U / (n_pos * n_neg)
