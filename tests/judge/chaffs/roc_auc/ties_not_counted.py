# expect: fragile roc_auc/ties-not-counted
import torch


def auc(scores, labels):
    pos = scores[labels == 1]
    neg = scores[labels == 0]
    return (pos.unsqueeze(1) > neg.unsqueeze(0)).double().mean()
