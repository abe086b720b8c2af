# expect: right
import numpy as np


def KL散度(真实分布, 近似分布):
    p = 真实分布 / np.sum(真实分布, axis=-1, keepdims=True)
    q = 近似分布 / np.sum(近似分布, axis=-1, keepdims=True)
    比值 = np.ones_like(p)
    with np.errstate(divide="ignore"):
        np.divide(p, q, out=比值, where=p > 0)
    return np.sum(p * np.log(比值), axis=-1)
