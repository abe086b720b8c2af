# expect: mistaken cross_entropy/largest-in-place-of-the-class
import numpy as np


def cross_entropy(probs, labels):
    # 取预测概率最大的那一类
    return -np.mean(np.log(probs.max(axis=1)))
