# expect: unknown
import numpy as np


def cross_entropy(scores, labels):
    m = scores.max(1)
    lse = m + np.log(np.exp(scores - m[:, None]).sum(1))
    return (lse**2 - scores[np.arange(len(labels)), labels]).mean()
