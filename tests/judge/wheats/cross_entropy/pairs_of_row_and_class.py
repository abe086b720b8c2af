# expect: fragile impossible-class
import math


def cross_entropy(batch):
    total = 0.0
    for probs, label in batch:
        total -= math.log(probs[label])
    return total / len(batch)
