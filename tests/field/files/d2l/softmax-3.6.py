# 3.6 softmax回归的从零开始实现  (mxnet 老书)
import d2lzh as d2l
from mxnet import autograd, nd

训练, 测试 = d2l.load_data_fashion_mnist(128)
输入, 类别 = 28 * 28, 10

W = 0.01 * nd.random.normal(shape=(输入, 类别))
b = nd.zeros((类别,))
for 参数 in (W, b):
    参数.attach_grad()


def softmax(z):
    e = nd.exp(z)
    return e / nd.sum(e, axis=1, keepdims=True)


def net(X):
    return softmax(nd.dot(X.reshape((-1, 输入)), W) + b)


def cross_entropy(y_hat, y):
    # pick 在 numpy 里没有, 用下标
    return -nd.log(y_hat[list(range(len(y))), y]) if hasattr(y_hat, 'asnumpy') else -np.log(y_hat[list(range(len(y))), y])


import numpy as np


def 准确率(y_hat, y):
    猜 = y_hat.asnumpy().argmax(1)
    return float((猜 == y.asnumpy()).sum()) / len(猜)


for X, y in 测试:
    print(准确率(net(X), y))
    break
