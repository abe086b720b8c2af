# expect: mistaken adam/old-moment-dropped adam/one-t-for-all-parameters
import torch
# 手写 Adam 优化器（面试题）
class 我的Adam:
    def __init__(self, 参数列表, 学习率=1e-3, 贝塔=(0.9, 0.999), 小量=1e-8):
        self.参数列表 = list(参数列表)
        self.学习率 = 学习率
        self.贝塔1, self.贝塔2 = 贝塔
        self.小量 = 小量
        self.一阶 = [torch.zeros_like(p) for p in self.参数列表]
        self.二阶 = [torch.zeros_like(p) for p in self.参数列表]
        self.步数 = 0
    @torch.no_grad()
    def step(self):
        self.步数 += 1
        for i, 参数 in enumerate(self.参数列表):
            if 参数.grad is None:
                continue
            梯度 = 参数.grad
            self.一阶[i] = (1 - self.贝塔1) * 梯度
            self.二阶[i] = self.贝塔2 * self.二阶[i] + (1 - self.贝塔2) * 梯度 ** 2
            m修正 = self.一阶[i] / (1 - self.贝塔1 ** self.步数)
            v修正 = self.二阶[i] / (1 - self.贝塔2 ** self.步数)
            参数 -= self.学习率 * m修正 / (v修正.sqrt() + self.小量)
