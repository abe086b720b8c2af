# expect: mistaken roc_auc/divided-by-pos-times-pos-plus-one
from scipy.stats import rankdata


def auc(y_true, y_score):
    n1 = (y_true == 1).sum()
    u = rankdata(y_score)[y_true == 1].sum() - n1 * (n1 + 1) / 2
    return u / (n1 * (n1 + 1))
