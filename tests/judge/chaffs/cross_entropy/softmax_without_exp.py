# expect: mistaken cross_entropy/softmax-without-exp
import numpy as np


def cross_entropy(logits, y):
    p = logits / logits.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).mean()
