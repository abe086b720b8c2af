# expect: convention adam/one-t-for-all-parameters
import torch


class 自适应矩估计_Adam:
    """手撕 Adam"""

    def __init__(self, 参数, 学习率=1e-3, 贝塔=(0.9, 0.999), eps=1e-8):
        self.参数 = list(参数)
        self.学习率 = 学习率
        self.b1, self.b2 = 贝塔
        self.eps = eps
        self.一阶矩 = [torch.zeros_like(p) for p in self.参数]
        self.二阶矩 = [torch.zeros_like(p) for p in self.参数]
        self.步数 = 0

    @torch.no_grad()
    def step(self):
        self.步数 += 1
        for p, m, v in zip(self.参数, self.一阶矩, self.二阶矩):
            if p.grad is None:
                continue
            m.mul_(self.b1).add_(p.grad, alpha=1 - self.b1)
            v.mul_(self.b2).addcmul_(p.grad, p.grad, value=1 - self.b2)
            m_hat = m / (1 - self.b1**self.步数)
            v_hat = v / (1 - self.b2**self.步数)
            p.sub_(self.学习率 * m_hat / (v_hat.sqrt() + self.eps))
