# expect: fragile roc_auc/tied-ranks-the-lowest
from scipy.stats import rankdata


def auc(y_true, y_score):
    ranks = rankdata(y_score, method="min")
    n1 = (y_true == 1).sum()
    n0 = (y_true == 0).sum()
    return (ranks[y_true == 1].sum() - n1 * (n1 + 1) / 2) / (n1 * n0)
