# expect: right
class Momentum:
    def __init__(self, params, lr=0.01, momentum=0.9):
        self.params = params
        self.lr, self.momentum = lr, momentum
        self.vel = {id(p): 0.0 for p in params}

    def step(self):
        for p in self.params:
            self.vel[id(p)] = self.momentum * self.vel[id(p)] + p.grad
            p.data -= self.lr * self.vel[id(p)]
