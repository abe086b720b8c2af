# expect: right
import torch


def nll_loss(scores, y):
    return -scores[torch.arange(len(y)), y].mean()
