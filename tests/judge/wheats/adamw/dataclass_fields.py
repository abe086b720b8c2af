# expect: right
from dataclasses import dataclass, field

import numpy as np


@dataclass
class AdamW:
    lr: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    weight_decay: float = 0.01
    t: int = 0
    m: float = field(default=0.0, init=False)
    v: np.ndarray | None = None

    def update(self, w, grad):
        self.t += 1
        self.m = self.beta1 * self.m + (1 - self.beta1) * grad
        old = np.zeros_like(w) if self.v is None else self.v
        self.v = self.beta2 * old + (1 - self.beta2) * grad**2
        mean, square = self.m / (1 - self.beta1**self.t), self.v / (1 - self.beta2**self.t)
        return w * (1 - self.lr * self.weight_decay) - self.lr * mean / (np.sqrt(square) + self.eps)
