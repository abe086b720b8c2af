# expect: library
import torch.nn.functional as F


def kl_loss(input, target):
    return F.kl_div(input, target, reduction="batchmean")
