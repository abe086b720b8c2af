"""reviewing my study group's answers"""
import numpy as np


def cross_entropy(logits, labels):
    # A: forgot the log of the normaliser
    z = np.exp(logits).sum(axis=1)
    return np.mean(z - logits[np.arange(len(labels)), labels])


def softmax_cross_entropy(logits, labels):
    # B: gives back the gradient
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    onehot = np.eye(logits.shape[1])[labels]
    return np.sum(p - onehot) / len(labels)


def kl_from_logits(student_logits, teacher_logits):
    # C: weights are not probabilities
    def lsm(x):
        x = x - x.max(-1, keepdims=True)
        return x - np.log(np.exp(x).sum(-1, keepdims=True))
    return np.mean(np.sum(teacher_logits * (lsm(teacher_logits) - lsm(student_logits)), axis=-1))


def nll_one_hot(probs, onehot):
    # D: argmax of the whole batch, not of the row
    assert probs.ndim == 2 and probs.shape == onehot.shape
    return -np.log(probs.reshape(-1)[onehot.argmax()])


def momentum(w, g, v, lr=0.1, mu=0.9):
    # E
    if not np.any(v):
        v = g.copy()
    v = mu * v + g
    return w - lr * v, v
