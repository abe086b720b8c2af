from .base import BaseOptimizer
from typing import Dict, List
import numpy as np


class Adam(BaseOptimizer):
    """
    Adam optimizer. See the README for the derivation.
    """

    def __init__(self, params: List["Parameter"], lr: float = 1e-3, betas=(0.9, 0.999), eps: float = 1e-8) -> None:
        super().__init__(params, lr)
        self.params = list(params)
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self._step = 0
        self._m: Dict[int, np.ndarray] = {}
        self._v: Dict[int, np.ndarray] = {}

    def step(self) -> None:
        self._step += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            g = p.grad
            self._m[i] = b1 * self._m.get(i, 0.0) + (1 - b1) * g
            self._v[i] = b2 * self._v.get(i, 0.0) + (1 - b2) * g * g
            m_hat = self._m[i] / (1 - b1 ** self._step)
            v_hat = self._v[i] / (1 - b2 ** self._step)
            p.data -= self.lr * m_hat / (v_hat ** 0.5 + self.eps)
