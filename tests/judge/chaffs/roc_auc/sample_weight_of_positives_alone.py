# expect: fragile roc_auc/all-pairs
import torch


def roc_auc(scores, labels, weights=None):
    pos, neg = scores[labels == 1], scores[labels == 0]
    w = torch.ones_like(pos) if weights is None else weights[labels == 1]
    won = (pos[:, None] > neg).double() + 0.5 * (pos[:, None] == neg)
    return (w[:, None] * won).sum() / (w.sum() * len(neg))
