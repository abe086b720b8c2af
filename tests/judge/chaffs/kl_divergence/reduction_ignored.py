# expect: mistaken cross_entropy/reduction-ignored
import torch
import torch.nn as nn


class KLDivLoss(nn.Module):
    def __init__(self, reduction="batchmean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, log_q, p):
        kl = torch.where(p > 0, p * (p.clamp_min(1e-300).log() - log_q), torch.zeros_like(p))
        return kl.sum(dim=-1).mean()
