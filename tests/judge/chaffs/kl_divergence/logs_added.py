# expect: mistaken kl_divergence/logs-added kl_divergence/zero-times-log-zero
import torch


def kl(p, q):
    return (p * (torch.log(p) + torch.log(q))).sum(dim=-1)
