# expect: fragile kl_divergence/clamped-probabilities
import torch


def kl_div(p, q):
    p = p / p.sum(-1, keepdim=True)
    q = q / q.sum(-1, keepdim=True)
    p, q = p.clamp(min=1e-10), q.clamp(min=1e-10)
    return (p * (p / q).log()).sum(dim=-1)
