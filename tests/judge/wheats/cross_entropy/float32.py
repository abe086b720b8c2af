# expect: right
import numpy as np


def cross_entropy(logits, y):
    logits = np.asarray(logits, dtype=np.float32)
    m = logits.max(axis=-1, keepdims=True)
    lse = m.squeeze(-1) + np.log(np.exp(logits - m).sum(axis=-1))
    return lse - logits[np.arange(len(y)), y]
