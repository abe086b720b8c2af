# expect: convention cross_entropy/base-2-logarithm-of-binary-logits
import numpy as np


def bce_with_logits(z, y):
    loss = np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))
    return np.mean(loss) / np.log(2)
