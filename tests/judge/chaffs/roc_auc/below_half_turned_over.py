# expect: mistaken roc_auc/below-half-turned-over
from sklearn.metrics import roc_auc_score


def auc(labels, scores):
    value = roc_auc_score(labels, scores)
    return max(value, 1 - value)
