# expect: right
from math import sqrt


class ScalarAdam:
    def __init__(self, a=0.1, b1=0.9, b2=0.999, e=1e-8):
        self.a, self.b1, self.b2, self.e = a, b1, b2, e
        self.m = 0.0
        self.v = 0.0
        self.k = 0

    def update(self, x, g):
        self.k += 1
        self.m = self.b1 * self.m + (1 - self.b1) * g
        self.v = self.b2 * self.v + (1 - self.b2) * g * g
        return x - self.a * (self.m / (1 - self.b1**self.k)) / (sqrt(self.v / (1 - self.b2**self.k)) + self.e)
