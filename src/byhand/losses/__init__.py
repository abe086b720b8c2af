"""Losses: ``import byhand.losses as F`` in place of ``torch.nn.functional``.

Functions with a name of torch's take torch's arguments and return its results; additional arguments are keyword-only.
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
