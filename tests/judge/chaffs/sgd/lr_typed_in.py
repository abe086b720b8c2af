# expect: mistaken sgd/lr-ignored
from dataclasses import dataclass


@dataclass
class SGD:
    lr: float = 0.01

    def __call__(self, w, grad):
        return w - 0.01 * grad
