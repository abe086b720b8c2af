# expect: convention kl_divergence/not-normalised
import torch


def kl_divergence(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(dim=-1).mean()
