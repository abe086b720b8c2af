# expect: fragile cross_entropy/eps-inside-the-log
import numpy as np


# 交叉熵误差
def cross_entropy_error(y, t):
    delta = 1e-7
    return -np.sum(t * np.log(y + delta)) / y.shape[0]
