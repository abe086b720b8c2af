# expect: mistaken cross_entropy/divided-by-columns cross_entropy/zero-times-log-zero
import numpy as np


def 交叉熵(预测, 标签):
    """标签是 one-hot"""
    return -np.sum(标签 * np.log(预测)) / 预测.shape[1]
