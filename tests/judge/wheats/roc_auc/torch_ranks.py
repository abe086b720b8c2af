# expect: right
import torch


def binary_auroc(preds: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    values, inverse, counts = torch.unique(preds, return_inverse=True, return_counts=True)
    ends = counts.cumsum(0).double()
    ranks = (ends - (counts - 1) / 2)[inverse]
    positive = target == 1
    n_pos = positive.sum().double()
    n_neg = (~positive).sum().double()
    return (ranks[positive].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg)
