# expect: mistaken cross_entropy/softmax-without-exp
import math


def cross_entropy(scores, label):
    total = sum(scores)
    return -math.log(scores[label] / total)
