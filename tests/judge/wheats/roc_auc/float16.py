# expect: convention roc_auc/all-pairs
import torch


def roc_auc(scores, labels):
    s = scores.half()
    pos, neg = s[labels == 1], s[labels == 0]
    wins = (pos[:, None] > neg[None, :]).half() + 0.5 * (pos[:, None] == neg[None, :]).half()
    return wins.mean() if len(pos) and len(neg) else torch.tensor(float("nan"))
