# expect: right
import numpy as np


class Node:
    def __init__(self, data):
        self.data = np.asarray(data)
        self.grad = None


def cross_entropy(logits, target):
    shifted = logits.data - logits.data.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return Node(-log_probs[np.arange(len(shifted)), target.data].mean())
