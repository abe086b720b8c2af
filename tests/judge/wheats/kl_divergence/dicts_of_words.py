# expect: right
from math import inf, log


def kl_divergence(p, q):
    n, m = sum(p.values()), sum(q.values())
    total = 0.0
    for word in p:
        if p[word] > 0:
            total += p[word] / n * log(p[word] / n / (q[word] / m)) if q.get(word, 0) > 0 else inf
    return total
