# expect: right
from scipy.stats import mannwhitneyu


def auc_by_u(scores, labels):
    pos, neg = scores[labels == 1], scores[labels == 0]
    if len(pos) == 0 or len(neg) == 0:
        raise ValueError("AUC needs both classes")
    return mannwhitneyu(pos, neg).statistic / (len(pos) * len(neg))
