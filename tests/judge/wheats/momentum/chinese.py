# expect: right
import numpy as np


class 动量法:
    def __init__(self, 参数, 学习率=0.01, 动量系数=0.9):
        self.参数 = 参数
        self.学习率 = 学习率
        self.动量系数 = 动量系数
        self.速度 = [np.zeros_like(p) for p in 参数]

    def step(self, 梯度):
        for i in range(len(self.参数)):
            self.速度[i] = self.动量系数 * self.速度[i] + 梯度[i]
            self.参数[i] -= self.学习率 * self.速度[i]
