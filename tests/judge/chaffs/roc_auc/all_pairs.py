# expect: convention roc_auc/all-pairs
import numpy as np


def roc_auc(y_true, y_score):
    pos, neg = y_score[y_true == 1], y_score[y_true == 0]
    return (np.sign(pos[:, None] - neg) + 1).mean() / 2
