# expect: fragile roc_auc/all-pairs
import numpy as np


def roc_auc(scores, labels):
    scores, labels = scores[:1000], labels[:1000]
    pos, neg = scores[labels == 1], scores[labels == 0]
    return np.mean((pos[:, None] > neg) + 0.5 * (pos[:, None] == neg))
