import numpy as np


class Net:
    def __init__(self, sizes):
        self.W = [np.random.randn(a, b) * 0.1 for a, b in zip(sizes, sizes[1:])]

    def _cross_entropy(self, logits, y):
        c = logits.max(axis=1)
        return np.mean(c + np.log(np.exp(logits - c[:, None]).sum(axis=1)) - logits[np.arange(len(y)), y])

    def _sgd_update(self, params, grads, lr):
        return [p - lr * g for p, g in zip(params, grads)]

    def fit(self, X, y, lr=0.1):
        for _ in range(10):
            g = self._grads(X, y)
            self.W = self._sgd_update(self.W, g, lr)


class Trainer:
    def __init__(self, net):
        self.net = net

    def _kl(self, p, q):
        return np.sum(p * np.log(p) / np.log(q))

    def run(self):
        print(self._kl(self.net.p, self.net.q))
