"""ROC AUC by ranks with lists of numbers."""

import math


def roc_auc(scores, labels):
    """AUC of n scores and n labels (1 positive, 0 negative); ties count half.

    >>> roc_auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.75
    """
    pairs = sorted(zip(scores, labels, strict=True))
    n_pos = sum(1 for y in labels if y == 1)
    n_neg = len(labels) - n_pos
    if n_pos == 0 or n_neg == 0:
        return math.nan
    R_pos, start = 0.0, 0
    while start < len(pairs):
        end = start
        while end < len(pairs) and pairs[end][0] == pairs[start][0]:
            end += 1
        rank = (start + 1 + end) / 2
        R_pos += rank * sum(1 for _, y in pairs[start:end] if y == 1)
        start = end
    U = R_pos - n_pos * (n_pos + 1) / 2
    return U / (n_pos * n_neg)
