# expect: fragile adam/crash-on-missing-gradient
import torch
class 随机梯度下降:
    """最简单的优化器"""
    def __init__(self, params, lr):
        self.params = list(params)
        self.lr = lr
    def step(self):
        for p in self.params:
            p.data -= self.lr * p.grad.data   # 不参与计算图
    def zero_grad(self):
        for p in self.params:
            p.grad = None
