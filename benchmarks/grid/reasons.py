"""Where ``docs/limits.md`` explains a cell of the grid.

A cell above 1.1 that no line here names is printed as not explained: it is a defect, or lacks its paragraph.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

REASONS: tuple[tuple[str, str], ...] = (
    ("*/32 × 10/*", "Few numbers"),
    ("*/32 × 1/*", "Few numbers"),
    ("*/1 row/*", "Few numbers"),
    ("cross-entropy/*/images, 2 classes/*", "Images of two classes"),
    ("cross-entropy/probabilities*/images, *1* classes/forward", "Images of probabilities, forward"),
    ("kl_div/none/strided/*", "Unreduced, with gaps"),
    ("kl_divergence/weights/*/images, 21 classes/*", "Images of weights"),
    ("optimizers/[!A]*/bfloat16/*", "Steps of bfloat16 parameters"),
    ("optimizers/*/swapped data/*", "Steps of other layouts"),
    ("optimizers/*/contiguous gradients/*", "Steps of other layouts"),
    ("optimizers/*/new gradients/with gaps/*", "Steps of other layouts"),
    ("optimizers/*/None in turn/*", "Gradients and options that alternate"),
    ("optimizers/*/lr of two types/*", "Gradients and options that alternate"),
    ("optimizers/*/sparse gradients/*", "Momentum of sparse gradients"),
    ("optimizers/SGD/*/1 of 4 million/*", "SGD, GPT-2"),
)
"""Patterns of keys, and the words in italics or bold with which the explanation begins; the first that fits counts."""


def reason_for(key: str) -> str:
    """The words with which the explanation of a cell begins; ``""`` if it has none."""
    return next((f"*{words}*" for pattern, words in REASONS if fnmatchcase(key, pattern)), "")
