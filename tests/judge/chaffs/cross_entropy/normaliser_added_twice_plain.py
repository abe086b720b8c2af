# expect: unknown
import math


class CrossEntropy:
    def __call__(self, z, y):
        total = 0.0
        for row, k in zip(z, y):
            lse = math.log(sum(math.exp(v) for v in row))
            total += 2 * lse - row[k]
        return total / len(z)
