# expect: mistaken roc_auc/labels-minus-one-taken-as-true
import numpy as np
from scipy.stats import rankdata


def auc(y, s):
    """y: labels, -1 or 1 (or 0 and 1)"""
    positive = y.astype(bool)
    n1, n0 = positive.sum(), (~positive).sum()
    return (rankdata(s)[positive].sum() - n1 * (n1 + 1) / 2) / (n1 * n0)
