# expect: fragile kl_divergence/zero-times-log-zero
import numpy as np


# KL 散度
def kl(p, q):
    return np.sum(p * np.log(p / q))
