# expect: mistaken cross_entropy/logits-taken-as-probabilities
import torch
from torch import nn


class MyCrossEntropyLoss(nn.Module):
    def forward(self, scores, target):
        one_hot = nn.functional.one_hot(target, scores.shape[1])
        return -(one_hot * torch.log(scores)).sum(1).mean()
