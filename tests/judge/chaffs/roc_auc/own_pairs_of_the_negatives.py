# expect: mistaken roc_auc/own-pairs-of-the-negatives
from scipy.stats import rankdata


def auc(y_true, y_score):
    pos = (y_true == 1).sum()
    neg = (y_true == 0).sum()
    return (rankdata(y_score)[y_true == 1].sum() - neg * (neg + 1) / 2) / (pos * neg)
