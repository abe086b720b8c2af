# expect: mistaken cross_entropy/arguments-swapped
from scipy.special import xlogy


def cross_entropy(y_true, y_pred):
    return -xlogy(y_pred, y_true).sum(axis=1).mean()
