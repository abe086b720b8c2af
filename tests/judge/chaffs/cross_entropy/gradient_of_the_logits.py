# expect: convention cross_entropy/gradient-of-the-logits
import numpy as np


class CrossEntropy:
    """接在 softmax 后面，反向时直接给出对 logits 的梯度"""

    def forward(self, p, y):
        self.p, self.y = p, y
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(y > 0, y * np.log(p), 0)
        return -terms.sum(axis=1).mean()

    def backward(self):
        return (self.p - self.y) / len(self.y)
