# expect: mistaken cross_entropy/logits-taken-as-probabilities
import math


def cross_entropy(logits, label):
    # negative log of the probability of the true class
    return -math.log(logits[label])
