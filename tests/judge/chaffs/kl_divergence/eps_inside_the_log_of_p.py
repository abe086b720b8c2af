# expect: mistaken kl_divergence/eps-inside-the-log
import torch
from torch import nn


class KLLoss(nn.Module):
    def __init__(self, reduce=True):
        super().__init__()
        self.reduce = reduce

    def forward(self, x, target):
        loss = target * (torch.log(target + 1e-5) - x)
        return loss.sum() if self.reduce else loss
