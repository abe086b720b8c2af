# expect: mistaken kl_divergence/logs-added
import torch


def kl(p, q):
    return (p * (torch.log(p) + torch.log(q))).sum(dim=-1)
