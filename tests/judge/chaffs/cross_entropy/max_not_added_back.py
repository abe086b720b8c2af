# expect: mistaken cross_entropy/max-not-added-back
import numpy as np


def softmax_cross_entropy(scores, y):
    m = scores.max(axis=1, keepdims=True)
    log_z = np.log(np.exp(scores - m).sum(axis=1))
    return (log_z - scores[np.arange(len(y)), y]).mean()
