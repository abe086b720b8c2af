# expect: mistaken kl_divergence/clamped-probabilities
import torch


def kl_divergence(p, q):
    p, q = p.clamp(min=0.01), q.clamp(min=0.01)
    return (p * (p / q).log()).sum(-1)
