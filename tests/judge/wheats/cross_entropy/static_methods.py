# expect: right
import numpy as np


class Losses:
    """手写损失函数合集"""

    @staticmethod
    def cross_entropy(logits, labels):
        m = logits.max(axis=1, keepdims=True)
        log_z = m[:, 0] + np.log(np.exp(logits - m).sum(axis=1))
        return np.mean(log_z - logits[np.arange(len(labels)), labels])
