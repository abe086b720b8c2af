# expect: fragile roc_auc/ties-left-out-of-the-count
import numpy as np


def roc_auc(y_true, y_score):
    pos = y_score[y_true == 1]
    neg = y_score[y_true == 0]
    wins = (pos[:, None] > neg).sum()
    losses = (pos[:, None] < neg).sum()
    return wins / (wins + losses)
