# HW: optimizers for our MLP. model.layers is [Linear, ReLU, Linear, ReLU, ...]
# every Linear has W, b and after backward() dLdW, dLdb
import numpy as np
import matplotlib.pyplot as plt
from mynn.linear import Linear   # our part 1
from mynn.loss import MSELoss


class SGD:
    def __init__(self, model, lr=0.1, momentum=0):
        self.l = model.layers[::2]
        self.L = len(self.l)
        self.lr = lr
        self.mu = momentum
        self.v_W = [np.zeros(self.l[i].W.shape, dtype="f") for i in range(self.L)]
        self.v_b = [np.zeros(self.l[i].b.shape, dtype="f") for i in range(self.L)]

    def step(self):
        for i in range(self.L):
            if self.mu == 0:
                self.l[i].W -= self.lr * self.l[i].dLdW
                self.l[i].b -= self.lr * self.l[i].dLdb
            else:
                self.v_W[i] = self.mu * self.v_W[i] + self.l[i].dLdW
                self.v_b[i] = self.mu * self.v_b[i] + self.l[i].dLdb
                self.l[i].W -= self.lr * self.v_W[i]
                self.l[i].b -= self.lr * self.v_b[i]


class Adam:
    def __init__(self, model, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        self.l = model.layers[::2]
        self.beta1, self.beta2, self.eps, self.lr, self.t = beta1, beta2, eps, lr, 0
        self.m_W = [np.zeros(l.W.shape, dtype="f") for l in self.l]
        self.v_W = [np.zeros(l.W.shape, dtype="f") for l in self.l]
        self.m_b = [np.zeros(l.b.shape, dtype="f") for l in self.l]
        self.v_b = [np.zeros(l.b.shape, dtype="f") for l in self.l]

    def step(self):
        self.t += 1
        for i, layer in enumerate(self.l):
            # weights
            self.m_W[i] = self.beta1 * self.m_W[i] + (1 - self.beta1) * layer.dLdW
            self.v_W[i] = self.beta2 * self.v_W[i] + (1 - self.beta2) * layer.dLdW**2
            # bias
            self.m_b[i] = self.beta1 * self.m_b[i] + (1 - self.beta1) * layer.dLdb
            self.v_b[i] = self.beta2 * self.v_b[i] + (1 - self.beta2) * layer.dLdb**2
            mW, mb = (m / (1 - self.beta1**self.t) for m in (self.m_W[i], self.m_b[i]))
            vW, vb = (v / (1 - self.beta2**self.t) for v in (self.v_W[i], self.v_b[i]))
            layer.W -= self.lr * mW / np.sqrt(vW + self.eps)
            layer.b -= self.lr * mb / np.sqrt(vb + self.eps)


class SGDForLinear:
    """only the Linear layers, the others have no weights"""

    def __init__(self, model, lr=0.1):
        self.model = model
        self.lr = lr

    def step(self):
        for layer in self.model.layers:
            if isinstance(layer, Linear):
                layer.W -= self.lr * layer.dLdW
                layer.b -= self.lr * layer.dLdb


class SGDForTrainable:
    def __init__(self, model, lr=0.1):
        self.model = model
        self.lr = lr

    def step(self):
        for layer in self.model.layers:
            if getattr(layer, "trainable", False):
                layer.W -= self.lr * layer.dLdW
                layer.b -= self.lr * layer.dLdb


class GDOptimizer:
    """for the old network, where each layer is updated by itself"""

    def __init__(self, eta=0.01):
        self.eta = eta

    def update(self, layer):
        layer.weights -= self.eta * layer.dW
        layer.biases -= self.eta * layer.db


if __name__ == "__main__":
    from mynn.mlp import MLP4
    net = MLP4()
    opt = SGD(net, lr=0.05, momentum=0.9)
    losses = []
    for epoch in range(30):
        out = net.forward(np.load("x.npy"))
        losses.append(MSELoss().forward(out, np.load("y.npy")))
        net.backward()
        opt.step()
    plt.plot(losses)
