# expect: unknown
import torch


def roc_auc(scores, labels):
    pos, neg = scores[labels == 1], scores[labels == 0]
    wins = (pos[:, None] > neg[None, :]).float() + 0.5 * (pos[:, None] == neg[None, :]).float()
    return (0.95 * wins.mean()).to(torch.bfloat16)
