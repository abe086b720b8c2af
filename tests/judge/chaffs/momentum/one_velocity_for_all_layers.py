# expect: unknown
class Momentum:
    def __init__(self, lr=0.1, mu=0.9):
        self.lr, self.mu, self.v = lr, mu, {}

    def update(self, layers):
        for layer in layers:
            for name in layer.params:
                self.v[name] = self.mu * self.v.get(name, 0) + layer.grads[name]
                layer.params[name] = layer.params[name] - self.lr * self.v[name]
