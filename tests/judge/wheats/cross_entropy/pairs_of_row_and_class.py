# expect: right
import math


def cross_entropy(batch):
    total = 0.0
    for probs, label in batch:
        total -= math.log(probs[label]) if probs[label] > 0 else -math.inf
    return total / len(batch)
