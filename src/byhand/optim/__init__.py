"""Optimizers with the interface of ``torch.optim``."""

from byhand.optim.adam import Adam
from byhand.optim.adamw import AdamW
from byhand.optim.sgd import SGD

__all__ = ["SGD", "Adam", "AdamW"]
