# expect: right
class Momentum:
    def __init__(self, params, lr=0.01, momentum=0.9):
        self.params, self.lr, self.momentum = params, lr, momentum
        self.v = [p.xp.zeros_like(p.data) for p in params]

    def step(self):
        for p, v in zip(self.params, self.v):
            if p.grad is not None:
                v[...] = self.momentum * v + p.grad
                p.data -= self.lr * v

    def zero_grad(self):
        for p in self.params:
            p.grad = None
