# expect: fragile cross_entropy/clamped-probabilities-of-logits
import math


def softmax_cross_entropy(logits, labels):
    most = max(logits)
    exp = [math.exp(x - most) for x in logits]
    loss = 0.0
    for y, e in zip(labels, exp):
        if y == 1:
            loss -= math.log(max(e / sum(exp), 1e-15))
    return [e / sum(exp) for e in exp], loss
