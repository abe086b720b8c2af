# expect: unknown
import torch


def kl_divergence(p, q):
    p, q = p / p.sum(-1, keepdim=True), q / q.sum(-1, keepdim=True)
    return torch.xlogy(p, p / q).sum(-1).max()
