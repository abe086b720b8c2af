# expect: convention cross_entropy/base-2-logarithm
import numpy as np


def cross_entropy(p, y):
    """p: probabilities, y: classes"""
    return -np.log2(p[np.arange(len(y)), y]).mean()
