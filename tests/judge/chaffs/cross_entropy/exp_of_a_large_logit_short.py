# expect: fragile cross_entropy/exp-of-a-large-logit
import numpy as np


def bce_with_logits(x, z):
    return np.mean(np.log(1 + np.exp(x)) - x * z)
