# expect: mistaken kl_divergence/ratio-upside-down
import numpy as np


def kl(p, q):
    return np.sum(p * np.log(q / p))
