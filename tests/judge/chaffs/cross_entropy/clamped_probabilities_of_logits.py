# expect: fragile cross_entropy/clamped-probabilities-of-logits
import torch


def ce_loss(x, target):
    p = torch.softmax(x, dim=1).clamp(min=1e-9)
    return -torch.log(p.gather(1, target.unsqueeze(1))).mean()
