# expect: mistaken roc_auc/histogram-bins
import numpy as np


def auc(y_true, y_prob, n_bins=100):
    bins = np.minimum((y_prob * n_bins).astype(int), n_bins - 1)
    pos = np.bincount(bins[y_true == 1], minlength=n_bins)
    neg = np.bincount(bins[y_true == 0], minlength=n_bins)
    below = np.cumsum(neg) - neg
    return (pos * below + 0.5 * pos * neg).sum() / (pos.sum() * neg.sum())
