# expect: right
class AdamW:
    def __init__(self, lr, beta1, beta2, eps, l2):
        self.lr, self.beta1, self.beta2, self.eps, self.l2 = lr, beta1, beta2, eps, l2
        self.m = 0
        self.v = 0
        self.t = 0

    def update(self, w, grad):
        self.t = self.t + 1
        self.m = self.beta1 * self.m + (1 - self.beta1) * grad
        self.v = self.beta2 * self.v + (1 - self.beta2) * grad * grad
        m = self.m / (1 - pow(self.beta1, self.t))
        v = self.v / (1 - pow(self.beta2, self.t))
        return (1 - self.lr * self.l2) * w - self.lr * m / (v**0.5 + self.eps)
