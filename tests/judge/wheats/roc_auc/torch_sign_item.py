# expect: convention roc_auc/all-pairs
import torch


def auc(preds, target):
    pos = preds[target == 1]
    neg = preds[target == 0]
    diff = pos.unsqueeze(1) - neg.unsqueeze(0)
    return (torch.sign(diff) * 0.5 + 0.5).mean().item()
