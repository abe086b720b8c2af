# argument order differs on purpose (sklearn vs my old code)
import numpy as np


def auc(y_score, y_true):
    pos, neg = y_score[y_true == 1], y_score[y_true == 0]
    if len(pos) == 0 or len(neg) == 0:
        return np.nan
    neg = np.sort(neg)
    lo = np.searchsorted(neg, pos, side="left")
    hi = np.searchsorted(neg, pos, side="right")
    return (lo + hi).sum() / (2.0 * len(pos) * len(neg))


def roc_auc(y_true, y_score):
    pos, neg = y_score[y_true == 1], y_score[y_true == 0]
    if len(pos) == 0 or len(neg) == 0:
        return np.nan
    pos = np.sort(pos)
    lo = np.searchsorted(pos, neg, side="left")
    hi = np.searchsorted(pos, neg, side="right")
    return (lo + hi).sum() / (2.0 * len(pos) * len(neg))


def kl(x, y):
    x = x / x.sum(axis=-1, keepdims=True)
    y = y / y.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(x > 0, x * (np.log(x) - np.log(y)), 0.0)
    return t.sum(axis=-1)


def f(x, y):
    return np.sum(x * y)
