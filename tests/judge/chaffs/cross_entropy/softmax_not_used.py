# expect: mistaken cross_entropy/logits-taken-as-probabilities
import numpy as np


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def cross_entropy(pred, y):
    probs = softmax(pred)
    return -np.log(pred[np.arange(len(y)), y]).mean()
