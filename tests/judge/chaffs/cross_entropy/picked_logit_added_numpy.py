# expect: mistaken cross_entropy/picked-logit-added
import numpy as np


def softmax_cross_entropy(x, t):
    c = x.max(axis=1, keepdims=True)
    lse = c[:, 0] + np.log(np.exp(x - c).sum(axis=1))
    return np.mean(lse + x[np.arange(len(t)), t])
