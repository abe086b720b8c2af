# expect: right
# %% [markdown]
# ## 手撕 AdamW（解耦的权重衰减）

# %%
import torch


class MyOptimizer:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        self.params = [p for p in params]
        self.lr, self.betas, self.eps, self.wd = lr, betas, eps, weight_decay
        self.cache = [(0, torch.zeros_like(p), torch.zeros_like(p)) for p in self.params]

    def step(self):
        b1, b2 = self.betas
        with torch.no_grad():
            for i, p in enumerate(self.params):
                if p.grad is not None:
                    t, m, v = self.cache[i]
                    t, m, v = t + 1, b1 * m + (1 - b1) * p.grad, b2 * v + (1 - b2) * p.grad**2
                    self.cache[i] = t, m, v
                    p.copy_(
                        p - self.lr * self.wd * p - self.lr * (m / (1 - b1**t)) / ((v / (1 - b2**t)) ** 0.5 + self.eps)
                    )
