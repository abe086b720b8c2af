# expect: convention cross_entropy/infinity-as-the-largest-number
import numpy as np


def cross_entropy(target, prob):
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.nan_to_num(target * np.log(prob))
    return -terms.sum(axis=1)
