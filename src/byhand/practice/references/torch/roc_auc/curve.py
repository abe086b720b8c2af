"""ROC AUC by the area under the curve with tensors."""

import torch


def roc_auc(scores, labels):
    """Area under the ROC curve by the trapezoid rule; a tie is one sloping piece.

    >>> roc_auc(torch.tensor([0.5, 0.5]), torch.tensor([0, 1]))
    tensor(0.5000, dtype=torch.float64)
    """
    order = torch.argsort(scores, descending=True)
    scores, positive = scores[order], (labels[order] == 1).double()
    last = torch.ones(len(scores), dtype=torch.bool)
    last[:-1] = scores[1:] != scores[:-1]
    zero = torch.zeros(1, dtype=torch.float64)
    tpr = torch.cat([zero, positive.cumsum(0)[last]]) / positive.sum()
    fpr = torch.cat([zero, (1 - positive).cumsum(0)[last]]) / (1 - positive).sum()
    return torch.trapezoid(tpr, fpr)
