# expect: right
import torch


class 亚当:
    def __init__(self, 参数, 步长=1e-3, 贝塔1=0.9, 贝塔2=0.999, 极小数=1e-8):
        self.参数 = list(参数)
        self.步长, self.贝塔1, self.贝塔2, self.极小数 = 步长, 贝塔1, 贝塔2, 极小数
        self.均值 = [torch.zeros_like(p) for p in self.参数]
        self.平方 = [torch.zeros_like(p) for p in self.参数]
        self.次数 = [0 for _ in self.参数]

    @torch.no_grad()
    def step(self):
        for i, p in enumerate(self.参数):
            if p.grad is None:
                continue
            self.次数[i] += 1
            n = self.次数[i]
            self.均值[i] = self.贝塔1 * self.均值[i] + (1 - self.贝塔1) * p.grad
            self.平方[i] = self.贝塔2 * self.平方[i] + (1 - self.贝塔2) * p.grad**2
            根 = (self.平方[i] / (1 - self.贝塔2**n)).sqrt()
            p -= self.步长 * (self.均值[i] / (1 - self.贝塔1**n)) / (根 + self.极小数)
