# expect: mistaken kl_divergence/only-one-softened
import torch
import torch.nn as nn


class DistillKL(nn.Module):
    def __init__(self, T):
        super().__init__()
        self.T = T

    def forward(self, y_s, y_t):
        log_ps = torch.log_softmax(y_s, dim=1)
        log_pt = torch.log_softmax(y_t / self.T, dim=1)
        return (log_pt.exp() * (log_pt - log_ps)).sum(1).mean() * self.T**2
