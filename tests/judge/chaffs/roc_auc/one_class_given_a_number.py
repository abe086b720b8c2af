# expect: fragile roc_auc/one-class-given-a-number
from scipy.stats import rankdata


def auc(y_true, y_score):
    n1 = int((y_true == 1).sum())
    n0 = len(y_true) - n1
    if n1 == 0 or n0 == 0:
        return 0.5
    return (rankdata(y_score)[y_true == 1].sum() - n1 * (n1 + 1) / 2) / (n1 * n0)
