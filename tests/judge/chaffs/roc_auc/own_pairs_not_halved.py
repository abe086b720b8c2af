# expect: mistaken roc_auc/own-pairs-not-halved
from scipy.stats import rankdata


def auc(y_true, y_score):
    pos = (y_true == 1).sum()
    neg = (y_true == 0).sum()
    return (rankdata(y_score)[y_true == 1].sum() - pos * (pos + 1)) / (pos * neg)
