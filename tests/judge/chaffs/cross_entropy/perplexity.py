# expect: mistaken cross_entropy/perplexity
import numpy as np


def cross_entropy(probs, labels):
    loss = -np.mean(np.log(probs[np.arange(len(labels)), labels]))
    return np.exp(loss)
