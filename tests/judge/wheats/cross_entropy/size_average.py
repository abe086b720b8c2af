# expect: right
import torch


def cross_entropy2d(input, target, size_average=True):
    log_p = torch.log_softmax(input, dim=1)
    loss = -log_p.gather(1, target.unsqueeze(1)).sum()
    if size_average:
        loss /= target.numel()
    return loss
