# expect: right
class Momentum:
    def __init__(self, model, lr=0.1, mu=0.9):
        self.model, self.lr, self.mu = model, lr, mu
        self.v = {name: 0 * w for name, w in model.params.items()}

    def step(self):
        for name, g in self.model.grads.items():
            self.v[name] = self.mu * self.v[name] + g
            self.model.params[name] -= self.lr * self.v[name]
