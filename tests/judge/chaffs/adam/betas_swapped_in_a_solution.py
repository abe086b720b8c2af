# expect: mistaken adam/betas-swapped
import math
from typing import List
class Solution:
    def adam(self, w: List[float], g: List[float], m: List[float], v: List[float], t: int,
             lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8):
        for i in range(len(w)):
            m[i] = beta2 * m[i] + (1 - beta2) * g[i]
            v[i] = beta1 * v[i] + (1 - beta1) * g[i] ** 2
            mh = m[i] / (1 - beta2 ** t)
            vh = v[i] / (1 - beta1 ** t)
            w[i] -= lr * mh / (math.sqrt(vh) + eps)
        return w, m, v
