# expect: convention cross_entropy/sum-over-rows
import math


def cross_entropy(logits, y):
    total = 0.0
    for row, k in zip(logits, y):
        m = max(row)
        total += m + math.log(sum(math.exp(v - m) for v in row)) - row[k]
    return total
