# expect: unknown
import torch


def binary_cross_entropy(p, y):
    p, y = p.bfloat16(), y.bfloat16()
    return -1.01 * (torch.xlogy(y, p) + torch.xlogy(1 - y, 1 - p)).mean()
