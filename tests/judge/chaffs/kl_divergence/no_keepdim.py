# expect: mistaken kl_divergence/no-keepdim
import torch


def kl_divergence(p, q):
    p = p / p.sum(dim=1)
    q = q / q.sum(dim=1)
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(dim=1)
