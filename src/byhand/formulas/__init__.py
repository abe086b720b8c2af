"""Seven formulas, each in a file that fits on one screen.

They have no options beyond the formula, work in float64, on any device and under autograd, and are the reference for
everything else here. They are for reading; for daily work use :mod:`byhand.losses`, :mod:`byhand.optim` and
:mod:`byhand.metrics`.
"""

from byhand.formulas.adam import Adam, adam_step
from byhand.formulas.adamw import AdamW, adamw_step
from byhand.formulas.cross_entropy import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_with_logits,
    entropy,
    log_softmax,
)
from byhand.formulas.kl_divergence import kl_divergence
from byhand.formulas.momentum import Momentum, momentum_step
from byhand.formulas.roc_auc import mid_ranks, roc_auc
from byhand.formulas.sgd import SGD, sgd_step

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Momentum",
    "adam_step",
    "adamw_step",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "cross_entropy_with_logits",
    "entropy",
    "kl_divergence",
    "log_softmax",
    "mid_ranks",
    "momentum_step",
    "roc_auc",
    "sgd_step",
]
