"""ROC AUC by the area under the curve with lists of numbers."""

import math


def roc_auc(scores, labels):
    """Area under the ROC curve by the trapezoid rule; a tie is one sloping piece.

    >>> roc_auc([0.5, 0.5], [0, 1])
    0.5
    """
    pairs = sorted(zip(scores, labels, strict=True), reverse=True)
    area, tp, fp, start = 0.0, 0, 0, 0
    while start < len(pairs):
        end = start
        while end < len(pairs) and pairs[end][0] == pairs[start][0]:
            end += 1
        hits = sum(1 for _, y in pairs[start:end] if y == 1)
        misses = end - start - hits
        area += misses * (tp + tp + hits) / 2
        tp, fp, start = tp + hits, fp + misses, end
    return area / (tp * fp) if tp * fp else math.nan
