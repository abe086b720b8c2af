# expect: convention cross_entropy/log-clamped-at-minus-100
import torch


def bce(p, y):
    log_p = torch.clamp(torch.log(p), min=-100)
    log_1p = torch.clamp(torch.log(1 - p), min=-100)
    return -(y * log_p + (1 - y) * log_1p).mean()
