import torch
from torch import nn


class BCELoss(nn.Module):
    def forward(self, p, y):
        loss = -y * torch.log(p) + (1 - y) * torch.log(1 - p)
        return loss.mean()


class BCEWithLogits(nn.Module):
    def __init__(self):
        super(BCEWithLogits, self).__init__()

    def forward(self, x, y):
        p = 1 / (1 + torch.exp(-x))
        return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


class MyCrossEntropy(nn.Module):
    """自己写的, 和 nn.CrossEntropyLoss 对不上, why?"""
    def forward(self, logits, target):
        log_p = torch.log_softmax(logits, dim=0)
        return -log_p[torch.arange(target.size(0)), target].mean()


if __name__ == "__main__":
    x = torch.randn(4, 3)
    y = torch.tensor([0, 1, 2, 1])
    print(MyCrossEntropy()(x, y), nn.CrossEntropyLoss()(x, y))
