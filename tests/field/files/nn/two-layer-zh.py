# 两层网络，MNIST，作业三
import numpy as np
from load_mnist import 读取


class 两层网络:
    def __init__(self, 输入, 隐藏, 输出, 学习率=0.1):
        self.W1 = 0.01 * np.random.randn(输入, 隐藏)
        self.b1 = np.zeros(隐藏)
        self.W2 = 0.01 * np.random.randn(隐藏, 输出)
        self.b2 = np.zeros(输出)
        self.学习率 = 学习率

    def 前向(self, x):
        self.x = x
        self.h = np.maximum(0, x @ self.W1 + self.b1)
        return self.h @ self.W2 + self.b2

    def 交叉熵损失(self, 打分, 标签):
        打分 = 打分 - 打分.max(axis=1, keepdims=True)
        对数概率 = 打分 - np.log(np.exp(打分).sum(axis=1, keepdims=True))
        return -对数概率[np.arange(len(标签)), 标签].mean()

    def 更新(self, 梯度):
        self.W1 = self.W1 - self.学习率 * 梯度['W1']
        self.b1 = self.b1 - self.学习率 * 梯度['b1']
        self.W2 = self.W2 - self.学习率 * 梯度['W2']
        self.b2 = self.b2 - self.学习率 * 梯度['b2']


if __name__ == '__main__':
    网络 = 两层网络(784, 50, 10)
    训练集 = 读取('train')
