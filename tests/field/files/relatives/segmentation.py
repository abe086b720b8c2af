import torch
import torch.nn as nn
import torch.nn.functional as F
import segmentation_models_pytorch as smp
import albumentations as A


class DiceLoss(nn.Module):
    def forward(self, logits, target, smooth=1.0):
        p = torch.sigmoid(logits).view(-1)
        t = target.view(-1)
        return 1 - (2 * (p * t).sum() + smooth) / (p.sum() + t.sum() + smooth)


class BCEDiceLoss(nn.Module):
    def __init__(self, w=0.5):
        super().__init__()
        self.w = w
        self.dice = DiceLoss()

    def forward(self, logits, target):
        bce = F.binary_cross_entropy_with_logits(logits, target)
        return self.w * bce + (1 - self.w) * self.dice(logits, target)


def focal_loss_with_logits(logits, target, gamma=2.0):
    logp = F.log_softmax(logits, dim=1)
    pt = logp.exp()
    return F.nll_loss((1 - pt) ** gamma * logp, target)


def weighted_cross_entropy(logits, target, beta=0.9):
    p = torch.sigmoid(logits)
    return -(beta * target * torch.log(p) + (1 - target) * torch.log(1 - p)).mean()


def symmetric_cross_entropy(logits, target, a=0.1, b=1.0):
    p = F.softmax(logits, 1).clamp(1e-7, 1)
    t = F.one_hot(target, logits.size(1)).float().clamp(1e-4, 1)
    return a * F.cross_entropy(logits, target) + b * (-(p * t.log()).sum(1)).mean()
