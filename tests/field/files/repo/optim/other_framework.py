"""optim for our course framework; tensors have no in-place operators, so += makes a new tensor."""
import mytensor as mt


class Optimizer:
    def __init__(self, params):
        self.params = params

    def step(self):
        raise NotImplementedError()


class Adam(Optimizer):
    def __init__(self, params, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
        super().__init__(params)
        self.lr, self.beta1, self.beta2, self.eps, self.weight_decay = lr, beta1, beta2, eps, weight_decay
        self.t, self.m, self.v = 0, {}, {}

    def step(self):
        self.t += 1
        for p in self.params:
            grad = p.grad
            if self.weight_decay:
                grad += self.weight_decay * p
            m = (1 - self.beta1) * grad
            v = (1 - self.beta2) * grad ** 2
            if p in self.m:
                m = m + self.beta1 * self.m[p]
                v = v + self.beta2 * self.v[p]
            self.m[p], self.v[p] = m.detach(), v.detach()
            m = m / (1 - self.beta1 ** self.t)
            v = v / (1 - self.beta2 ** self.t)
            p.data = p - self.lr * m / (v ** 0.5 + self.eps)
