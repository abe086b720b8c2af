# expect: mistaken adam/attribute-named-two-ways
import torch


class Adam:
    def __init__(self, 参数, 学习率=1e-3, 贝塔1=0.9, 贝塔2=0.999, 小数=1e-8):
        self.参数 = list(参数)
        self.学习率, self.贝塔1, self.贝塔2, self.小数 = 学习率, 贝塔1, 贝塔2, 小数
        self.m = [0.0 for _ in self.参数]
        self.v = [0.0 for _ in self.参数]
        self.t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        for i, p in enumerate(self.参数):
            self.m[i] = self.贝塔1 * self.m[i] + (1 - self.贝塔1) * p.grad
            self.v[i] = self.贝塔2 * self.v[i] + (1 - self.贝塔2) * p.grad**2
            m, v = self.m[i] / (1 - self.贝塔1**self.t), self.v[i] / (1 - self.贝塔2**self.t)
            p -= self.学习率 * m / (v.sqrt() + self.小数值)
