# expect: right
import torch
from torch import nn


class CrossEntropyLoss(nn.Module):
    def forward(self, logits, target):
        log_p = logits - torch.logsumexp(logits, dim=-1, keepdim=True)
        loss = -log_p.gather(-1, target.unsqueeze(-1)).mean()
        self.last = loss.item()
        return loss

    def value(self):
        return round(self.last, 2)
