from collections import OrderedDict

import theano
import theano.tensor as T


class Adam(object):
    """model.fit(..., rule=Adam(1e-3)): get_updates is called once, when the graph is built."""

    def __init__(self, lr=0.001, b1=0.9, b2=0.999, eps=1e-8):
        self.lr, self.b1, self.b2, self.eps = lr, b1, b2, eps

    def get_updates(self, params, cost):
        updates = OrderedDict()
        count = theano.shared(0.)
        t = count + 1.
        rate = self.lr * T.sqrt(1. - self.b2 ** t) / (1. - self.b1 ** t)
        for p, g in zip(params, T.grad(cost, params)):
            m, v = theano.shared(p.get_value() * 0.), theano.shared(p.get_value() * 0.)
            updates[m] = self.b1 * m + (1. - self.b1) * g
            updates[v] = self.b2 * v + (1. - self.b2) * g ** 2
            updates[p] = p - rate * updates[m] / (T.sqrt(updates[v]) + self.eps)
        updates[count] = t
        return updates
