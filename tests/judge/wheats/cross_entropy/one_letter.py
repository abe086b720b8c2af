# expect: right
import torch


def xent(a, b):
    m = a.max(1, keepdim=True)[0]
    e = a - m
    return (e.exp().sum(1).log() - e[torch.arange(len(b)), b]).mean()
