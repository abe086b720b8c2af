# expect: right
import numpy as np


class AdamW:
    def __init__(self, model, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
        self.layers = [layer for layer in model.layers if hasattr(layer, "W")]
        self.lr, self.beta1, self.beta2, self.eps, self.wd = lr, beta1, beta2, eps, weight_decay
        self.t = 0
        self.mW = [np.zeros(l.W.shape) for l in self.layers]
        self.vW = [np.zeros(l.W.shape) for l in self.layers]
        self.mb = [np.zeros(l.b.shape) for l in self.layers]
        self.vb = [np.zeros(l.b.shape) for l in self.layers]

    def step(self):
        self.t += 1
        c1, c2 = 1 - self.beta1**self.t, 1 - self.beta2**self.t
        for i in range(len(self.layers)):
            self.mW[i] = self.beta1 * self.mW[i] + (1 - self.beta1) * self.layers[i].dW
            self.vW[i] = self.beta2 * self.vW[i] + (1 - self.beta2) * self.layers[i].dW ** 2
            self.mb[i] = self.beta1 * self.mb[i] + (1 - self.beta1) * self.layers[i].db
            self.vb[i] = self.beta2 * self.vb[i] + (1 - self.beta2) * self.layers[i].db ** 2
            self.layers[i].W -= self.lr * self.wd * self.layers[i].W
            self.layers[i].b -= self.lr * self.wd * self.layers[i].b
            self.layers[i].W -= self.lr * (self.mW[i] / c1) / (np.sqrt(self.vW[i] / c2) + self.eps)
            self.layers[i].b -= self.lr * (self.mb[i] / c1) / (np.sqrt(self.vb[i] / c2) + self.eps)
