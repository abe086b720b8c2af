# expect: right
import numpy as np


def auc(labels, scores):
    """labels: "spam" and "ham" """
    positive, negative = scores[labels == "spam"], np.sort(scores[labels == "ham"])
    if len(positive) * len(negative) == 0:
        return np.nan
    below, upto = np.searchsorted(negative, positive, "left"), np.searchsorted(negative, positive, "right")
    return (below + upto).sum() / 2 / (len(positive) * len(negative))
