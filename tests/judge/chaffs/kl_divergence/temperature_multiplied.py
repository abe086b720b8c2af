# expect: mistaken kl_divergence/temperature-multiplied kl_divergence/zero-times-log-zero
import numpy as np


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def 蒸馏损失(学生, 教师, 温度=4.0):
    p = softmax(教师 * 温度)
    q = softmax(学生 * 温度)
    return 温度**2 * np.mean(np.sum(p * (np.log(p) - np.log(q)), axis=-1))
