# expect: right
import torch
import torch.nn as nn


class CrossEntropyLoss(nn.Module):
    """交叉熵损失"""

    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, target):
        logp = torch.log_softmax(logits, dim=-1)
        loss = -logp[torch.arange(target.size(0)), target]
        if self.reduction == "mean":
            return loss.mean()
        if self.reduction == "sum":
            return loss.sum()
        return loss
