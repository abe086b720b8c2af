# expect: fragile cross_entropy/exp-of-a-large-logit
import torch


def logistic_loss(x, y):
    return (y * torch.log(1 + torch.exp(-x)) + (1 - y) * torch.log(1 + torch.exp(x))).mean()
