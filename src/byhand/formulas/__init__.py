"""Seven formulas, and four of evaluation, each in a file that fits on one screen.

They have no options beyond the formula, work in float64, on any device and under autograd, and are the reference for
everything else here. They are for reading; for daily work use :mod:`byhand.losses`, :mod:`byhand.optim` and
:mod:`byhand.metrics`.
"""

from byhand.formulas.adam import Adam, adam_step
from byhand.formulas.adamw import AdamW, adamw_step
from byhand.formulas.average_precision import average_precision
from byhand.formulas.calibration_error import calibration_error
from byhand.formulas.cross_entropy import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_with_logits,
    entropy,
    log_softmax,
)
from byhand.formulas.delong import delong, delong_difference, placements
from byhand.formulas.group_roc_auc import group_roc_auc
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
    "average_precision",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "calibration_error",
    "cross_entropy",
    "cross_entropy_with_logits",
    "delong",
    "delong_difference",
    "entropy",
    "group_roc_auc",
    "kl_divergence",
    "log_softmax",
    "mid_ranks",
    "momentum_step",
    "placements",
    "roc_auc",
    "sgd_step",
]
