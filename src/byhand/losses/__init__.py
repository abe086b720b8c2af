"""Losses: ``import byhand.losses as F`` where ``torch.nn.functional`` stood.

The names that torch has too take its arguments and give its results; what is added is keyword-only.
"""

from byhand.losses._binary import BCEWithLogitsLoss, binary_cross_entropy_with_logits
from byhand.losses._linear import linear_cross_entropy
from byhand.losses.cross_entropy import CrossEntropyLoss, cross_entropy
from byhand.losses.kl_divergence import KLDivLoss, entropy, kl_div, kl_divergence

__all__ = [
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "KLDivLoss",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "entropy",
    "kl_div",
    "kl_divergence",
    "linear_cross_entropy",
]
