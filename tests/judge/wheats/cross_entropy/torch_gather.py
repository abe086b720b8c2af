# expect: right
import torch


def ce_loss(x, y):
    lse = torch.logsumexp(x, dim=1)
    picked = x.gather(1, y.view(-1, 1)).squeeze(1)
    return (lse - picked).mean()
