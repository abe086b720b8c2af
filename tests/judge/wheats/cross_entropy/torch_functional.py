# expect: library
import torch.nn.functional as F


def my_cross_entropy(input, target):
    return F.cross_entropy(input, target)
