"""my Variable wraps everything, also results"""
import numpy


class Variable(object):
    def __init__(self, data):
        self.data = numpy.array(data, dtype=float)

    def _w(self, o):
        return o.data if isinstance(o, Variable) else o

    def __add__(self, o):
        return Variable(self.data + self._w(o))

    def __sub__(self, o):
        return Variable(self.data - self._w(o))

    def __rsub__(self, o):
        return Variable(self._w(o) - self.data)

    def __mul__(self, o):
        return Variable(self.data * self._w(o))

    def __truediv__(self, o):
        return Variable(self.data / self._w(o))

    def __neg__(self):
        return Variable(-self.data)

    def log(self):
        return Variable(numpy.log(self.data))

    def exp(self):
        return Variable(numpy.exp(self.data))

    def sum(self, axis=None, keepdims=False):
        return Variable(self.data.sum(axis=axis, keepdims=keepdims))

    def mean(self):
        return Variable(self.data.mean())

    def max(self, axis=None, keepdims=False):
        return Variable(self.data.max(axis=axis, keepdims=keepdims))


def as_var(x):
    return x if isinstance(x, Variable) else Variable(x)


def mean_squared_error(a, b):
    d = as_var(a) - as_var(b)
    return (d * d).mean()


def cross_entropy(logits, onehot):
    x = as_var(logits)
    x = x - x.max(axis=1, keepdims=True)
    logp = x - x.exp().sum(axis=1, keepdims=True).log()
    return -(logp * as_var(onehot)).sum(axis=1).mean()


def kl(p, q):
    p, q = as_var(p), as_var(q)
    return (p * (p / q).log()).sum()
