"""loss zoo for the training script"""
import torch
import torch.nn as nn
import torch.nn.functional as F


class CELoss(nn.Module):
    def __init__(self, weight=None):
        super().__init__()
        self.crit = nn.CrossEntropyLoss(weight=weight)

    def forward(self, outputs, targets):
        return self.crit(outputs, targets)


class KLLoss(nn.Module):
    def forward(self, log_q, p):
        return F.kl_div(log_q, p, reduction="batchmean")


class SoftTargetCE(nn.Module):
    def forward(self, x, soft):
        logp = x - torch.logsumexp(x, -1, keepdim=True)
        return -(soft * logp).sum(-1).mean()


class AdamWOptimizer:
    def __init__(self, params, lr=1e-3, weight_decay=0.01):
        self.opt = torch.optim.AdamW(params, lr=lr, weight_decay=weight_decay)

    def step(self):
        self.opt.step()

    def zero_grad(self):
        self.opt.zero_grad()
