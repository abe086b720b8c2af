# expect: fragile kl_divergence/not-normalised
import torch


def kl_divergence(p, q):
    p, q = p.half(), q.half()
    return torch.xlogy(p, p / q).sum(-1)
