# expect: mistaken roc_auc/own-pairs-not-subtracted
from scipy.stats import rankdata


def auc(y_true, y_score):
    n1 = (y_true == 1).sum()
    n0 = (y_true == 0).sum()
    return rankdata(y_score)[y_true == 1].sum() / (n1 * n0)
