"""Cross-entropy of logits with lists of numbers."""

import math


def cross_entropy(logits, target):
    """−log softmax(logits) at the class.

    >>> round(cross_entropy([0.0, 0.0], 0), 4)
    0.6931
    >>> cross_entropy([1000.0, 0.0], 1)
    1000.0
    """
    c = max(logits)
    log_Z = c + math.log(sum(math.exp(x - c) for x in logits))
    return log_Z - logits[target]
