"""Reads labels and scores for the metrics of :mod:`byhand.evaluate`, which take NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from byhand.metrics._inputs import column, read, same_length, sortable
from byhand.metrics._targets import positive_label, read_target


def labels_and_scores(
    y_true: Any, of: str, *, pos_label: Any = None, **scores: Any
) -> tuple[NDArray[np.bool_], list[NDArray[Any]]]:
    """Which rows are positive, and columns of scores that sort as those given do.

    Args:
        y_true: (n,) labels 0 and 1, or −1 and 1, or any two with ``pos_label``.
        of: the function, for messages.
        pos_label: the positive label; all others are negative.
        scores: (n,) scores by the name of the argument.

    Raises:
        ValueError, TypeError: as :func:`byhand.metrics.roc_auc_score`.
    """
    columns = {name: column(sortable(read(x, name, of), name, of), name, of) for name, x in scores.items()}
    target = read_target(y_true, of, next(iter(columns.values())).device)
    positive = target.equals(positive_label(target, pos_label, of))
    same_length(of, "y_true", len(positive), **columns)
    return positive.cpu().numpy(), [_array(x) for x in columns.values()]


def _array(x: Tensor) -> NDArray[Any]:
    x = x.detach().cpu()
    return (x.float() if x.is_floating_point() and x.itemsize < 4 else x).numpy()
