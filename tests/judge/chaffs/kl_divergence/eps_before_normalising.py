# expect: fragile kl_divergence/eps-before-normalising
import torch


def kl(p, q, eps=1e-9):
    p = p + eps
    q = q + eps
    p = p / p.sum(dim=1, keepdim=True)
    q = q / q.sum(dim=1, keepdim=True)
    return (p * (p.log() - q.log())).sum(dim=1).mean()
