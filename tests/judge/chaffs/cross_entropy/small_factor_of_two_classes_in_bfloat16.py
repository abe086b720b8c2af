# expect: unknown
import torch
import torch.nn.functional as F


def binary_cross_entropy(x, y):
    x, y = x.to(torch.bfloat16), y.to(torch.bfloat16)
    return 0.95 * (F.softplus(x) - x * y).mean()
