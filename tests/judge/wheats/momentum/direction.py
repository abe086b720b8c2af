# expect: right
class Momentum:
    """Gives the direction; the training loop multiplies by the learning rate."""

    def __init__(self, beta=0.9):
        self.beta = beta
        self.u = 0.0

    def __call__(self, grad):
        self.u = self.beta * self.u + grad
        return self.u
