# expect: right
class GradientDescent:
    """Collects the gradients of a batch, one example at a time, and then takes their mean."""

    def __init__(self, lr=0.01):
        self.lr = lr
        self.total, self.count = 0.0, 0

    def accumulate(self, grad):
        self.total = self.total + grad
        self.count += 1

    def step(self, weights):
        weights -= self.lr * self.total / self.count
        self.total, self.count = 0.0, 0
        return weights
