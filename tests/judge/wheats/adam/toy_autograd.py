# expect: right
class Adam:
    """For my little autograd engine: parameters are Values with .data and .grad."""

    def __init__(self, parameters, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        self.parameters = parameters
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.m = [0.0] * len(parameters)
        self.v = [0.0] * len(parameters)
        self.steps = 0

    def step(self):
        self.steps += 1
        for i, p in enumerate(self.parameters):
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * p.grad
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * p.grad**2
            m = self.m[i] / (1 - self.beta1**self.steps)
            v = self.v[i] / (1 - self.beta2**self.steps)
            p.data -= self.lr * m / (v**0.5 + self.eps)
