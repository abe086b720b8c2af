import numpy as np

def softmax(x):
    x = x - x.max(axis=-1, keepdims=True)
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)

def cross_entropy(logits, labels):
    x = logits - logits.max(axis=-1, keepdims=True)
    logp = x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
    return -logp[np.arange(len(labels)), labels].mean()

def accuracy(logits, labels):
	pred = logits.argmax(-1)
        return (pred == labels).mean()

def kl_divergence(p, q):
    m = p > 0
    return -np.sum(p[m] * np.log(p[m] / q[m]))
