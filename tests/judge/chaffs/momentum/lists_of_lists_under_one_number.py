# expect: unknown
class Momentum:
    def __init__(self, lr, mu=0.9):
        self.lr, self.mu, self.v = lr, mu, {}

    def update(self, params, grads):
        for layer, slopes in zip(params, grads):
            for i, (p, g) in enumerate(zip(layer, slopes)):
                self.v[i] = self.mu * self.v.get(i, 0) + g
                p -= self.lr * self.v[i]
