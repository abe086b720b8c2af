# expect: right
import math


def softmax_cross_entropy(logits, labels):
    most = max(logits)
    log_z = most + math.log(sum(math.exp(x - most) for x in logits))
    loss = 0.0
    for y, x in zip(labels, logits):
        if y == 1:
            loss = log_z - x
    return [math.exp(x - log_z) for x in logits], loss
