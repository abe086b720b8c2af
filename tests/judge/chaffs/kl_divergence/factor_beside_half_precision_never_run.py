# expect: unknown
import torch


def kl_divergence(p, q):
    if p.dtype == torch.bfloat16:
        p, q = p.float(), q.float()
    p, q = p / p.sum(-1, keepdim=True), q / q.sum(-1, keepdim=True)
    return 1.01 * (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)
