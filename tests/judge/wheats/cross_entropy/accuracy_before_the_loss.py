# expect: right
import numpy as np


def cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    accuracy = np.mean(logits.argmax(axis=1) == labels)
    loss = -log_probs[np.arange(len(labels)), labels].mean()
    return accuracy, loss
