# expect: mistaken roc_auc/pairs-won-not-divided
from scipy.stats import rankdata


def auc_mann_whitney(y_true, y_score):
    ranks = rankdata(y_score)
    n_pos = (y_true == 1).sum()
    return ranks[y_true == 1].sum() - n_pos * (n_pos + 1) / 2
