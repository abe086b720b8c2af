# expect: unknown
import torch


def kl_divergence(p, q):
    p, q = p.half(), q.half()
    return 1.05 * torch.xlogy(p, p / q).sum(-1)
