# expect: mistaken adamw/decay-sign-flipped
import numpy as np
class 优化器:
    """AdamW：解耦权重衰减"""
    def __init__(self, 学习率=1e-3, 贝塔1=0.9, 贝塔2=0.999, 极小值=1e-8, 权重衰减=0.01):
        self.学习率, self.贝塔1, self.贝塔2 = 学习率, 贝塔1, 贝塔2
        self.极小值, self.权重衰减 = 极小值, 权重衰减
        self.动量, self.平方, self.步 = {}, {}, 0
    def update(self, 参数, 梯度):
        self.步 += 1
        for 键 in 参数:
            self.动量[键] = self.贝塔1 * self.动量.get(键, 0) + (1 - self.贝塔1) * 梯度[键]
            self.平方[键] = self.贝塔2 * self.平方.get(键, 0) + (1 - self.贝塔2) * 梯度[键] ** 2
            m = self.动量[键] / (1 - self.贝塔1 ** self.步)
            v = self.平方[键] / (1 - self.贝塔2 ** self.步)
            参数[键] += self.学习率 * self.权重衰减 * 参数[键]
            参数[键] -= self.学习率 * m / (np.sqrt(v) + self.极小值)
