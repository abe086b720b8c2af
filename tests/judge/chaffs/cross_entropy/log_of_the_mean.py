# expect: mistaken cross_entropy/log-of-the-mean
import numpy as np


def cross_entropy(probs, labels):
    correct = probs[np.arange(len(labels)), labels]
    return -np.log(np.mean(correct))
