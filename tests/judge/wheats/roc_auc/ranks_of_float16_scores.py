# expect: right
import numpy as np


def auc(labels, scores):
    """By ranks, in half precision wherever the numbers allow it."""
    scores = np.asarray(scores).astype("float16")
    labels = np.asarray(labels).astype(bool)
    values, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    positive, negative = labels.sum(), (~labels).sum()
    if positive == 0 or negative == 0:
        return float("nan")
    return np.float16((ranks[labels].sum() - positive * (positive + 1) / 2) / (positive * negative))
