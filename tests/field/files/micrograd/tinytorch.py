import numpy as np


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = None
        self.requires_grad = requires_grad

    @property
    def shape(self):
        return self.data.shape

    def __repr__(self):
        return 'Tensor(' + str(self.data) + ')'

    def zero_grad(self):
        self.grad = None

    def numpy(self):
        return self.data


def as_array(x):
    return x.data if isinstance(x, Tensor) else np.asarray(x)


class CrossEntropyLoss:
    """mean over the batch, wraps the number in a Tensor"""

    def __call__(self, logits, targets):
        z = as_array(logits)
        t = as_array(targets).astype(int)
        z = z - z.max(axis=-1, keepdims=True)
        lse = np.log(np.exp(z).sum(axis=-1))
        out = (lse - z[np.arange(len(t)), t]).mean()
        return Tensor(out)


class Optimizer:
    def __init__(self, params, lr):
        self.params = [p for p in params]
        self.lr = lr

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


class SGD(Optimizer):
    def __init__(self, params, lr=0.01, momentum=0.0, weight_decay=0.0):
        super().__init__(params, lr)
        self.momentum, self.weight_decay = momentum, weight_decay
        self.buf = [None] * len(self.params)

    def step(self):
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            g = p.grad.data if isinstance(p.grad, Tensor) else p.grad
            if self.weight_decay:
                g = g + self.weight_decay * p.data
            if self.momentum:
                self.buf[i] = g if self.buf[i] is None else self.momentum * self.buf[i] + g
                g = self.buf[i]
            p.data = p.data - self.lr * g


class AdamW(Optimizer):
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        super().__init__(params, lr)
        self.beta1, self.beta2 = betas
        self.eps, self.weight_decay = eps, weight_decay
        self.m = [np.zeros_like(p.data) for p in self.params]
        self.v = [np.zeros_like(p.data) for p in self.params]
        self.t = 0

    def step(self):
        self.t += 1
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            g = p.grad.data if isinstance(p.grad, Tensor) else p.grad
            p.data = p.data * (1 - self.lr * self.weight_decay)
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g ** 2
            mh = self.m[i] / (1 - self.beta1 ** self.t)
            vh = self.v[i] / (1 - self.beta2 ** self.t)
            p.data = p.data - self.lr * mh / (np.sqrt(vh) + self.eps)
