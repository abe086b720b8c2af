# expect: fragile roc_auc/ties-counted-whole
import numpy as np


def auc(labels, scores):
    pos = scores[labels == 1]
    neg = scores[labels == 0]
    return (pos[:, None] >= neg).mean()
