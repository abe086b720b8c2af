# expect: convention cross_entropy/rounded-result
import numpy as np


def cross_entropy(probs, labels):
    return round(float(np.mean(-np.log(probs[np.arange(len(labels)), labels]))), 4)
