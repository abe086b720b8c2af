# expect: unknown
import numpy as np


class SoftmaxCrossEntropy:
    def forward(self, z, y):
        m = z.max(axis=1, keepdims=True)
        lse = m[:, 0] + np.log(np.exp(z - m).sum(axis=1))
        return np.mean(0.5 * lse - z[np.arange(len(y)), y])
