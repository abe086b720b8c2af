# expect: convention momentum/lr-inside-the-velocity
class Momentum:
    def __init__(self, lr=0.1, mu=0.9):
        self.lr, self.mu = lr, mu

    def update(self, layer):
        layer.vW = self.mu * layer.vW - self.lr * layer.dW
        layer.vb = self.mu * layer.vb - self.lr * layer.db
        layer.W += layer.vW
        layer.b += layer.vb
