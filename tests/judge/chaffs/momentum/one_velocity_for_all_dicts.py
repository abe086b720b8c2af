# expect: mistaken momentum/one-velocity-for-all-parameters
class Momentum:
    def __init__(self, lr=0.1, mu=0.9):
        self.lr, self.mu = lr, mu
        self.v = 0.0

    def update(self, layers):
        for layer in layers:
            for name in ("w", "b"):
                self.v = self.mu * self.v + layer[f"d{name}"]
                layer[name] = layer[name] - self.lr * self.v
