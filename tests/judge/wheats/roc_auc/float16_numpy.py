# expect: convention roc_auc/all-pairs
import numpy as np


def auc(labels, scores):
    scores = np.asarray(scores, dtype=np.float16)
    labels = np.asarray(labels)
    pos, neg = scores[labels == 1], scores[labels == 0]
    if len(pos) == 0 or len(neg) == 0:
        return np.float16(np.nan)
    d = pos[:, None] - neg[None, :]
    return np.mean((d > 0) + 0.5 * (d == 0), dtype=np.float16)
