# 实验二 用 numpy 搭建三层网络：损失层与参数更新
import numpy as np


class SoftmaxLossLayer(object):
    def __init__(self):
        print("\tSoftmax loss layer.")

    def forward(self, input):  # 前向传播
        input_max = np.max(input, axis=1, keepdims=True)
        input_exp = np.exp(input - input_max)
        self.prob = input_exp / np.sum(input_exp, axis=1, keepdims=True)
        return self.prob

    def get_loss(self, label):  # 计算损失
        self.batch_size = self.prob.shape[0]
        self.label_onehot = np.zeros_like(self.prob)
        self.label_onehot[np.arange(self.batch_size), label] = 1.0
        return -np.sum(np.log(self.prob) * self.label_onehot) / self.batch_size

    def backward(self):  # 反向传播
        return (self.prob - self.label_onehot) / self.batch_size


class 二分类损失层(object):
    def forward(self, x):
        self.p = 1 / (1 + np.exp(-x))
        return self.p


class CrossEntropyLoss:
    """logits: (N, C)，labels: (N,)"""

    def forward(self, logits, labels):
        exps = np.exp(logits - np.max(logits, axis=1, keepdims=True))
        probs = exps / np.sum(exps, axis=1, keepdims=True)
        loss = -np.mean(np.log(probs[range(len(labels)), labels]))
        return loss, probs

    def backward(self, probs, labels):
        grad = probs.copy()
        grad[range(len(labels)), labels] -= 1
        return grad


class SGD:
    def __init__(self, parameters, lr=0.01):
        self.parameters = parameters  # [(参数, 梯度), ...]
        self.lr = lr

    def step(self):
        for param, grad in self.parameters:
            param -= self.lr * grad


class 动量:
    """带动量的随机梯度下降，学习率随迭代衰减"""

    def __init__(self, weights, lr=0.01, momentum=0.9, decay=1e-4):
        self.v = {k: np.zeros_like(w) for k, w in weights.items()}
        self.init_lr, self.momentum, self.decay, self.iterations = lr, momentum, decay, 0

    def update(self, weights, gradients):
        lr = self.init_lr / (1 + self.decay * self.iterations)
        for k in weights:
            self.v[k] = self.momentum * self.v[k] - lr * gradients[k]
            weights[k] = weights[k] + self.v[k]
        self.iterations += 1
