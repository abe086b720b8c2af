# expect: unknown
import torch


def kl_divergence(p, q):
    return torch.xlogy(p, p / q)[:, :8].sum(-1).mean()
