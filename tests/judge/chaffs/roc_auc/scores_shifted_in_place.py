# expect: mistaken roc_auc/input-changed-in-place
import numpy as np


def auc(labels, scores):
    scores -= scores.min()
    pos, neg = scores[labels == 1], scores[labels == 0]
    diff = pos[:, None] - neg[None, :]
    return np.mean((diff > 0) + 0.5 * (diff == 0))
