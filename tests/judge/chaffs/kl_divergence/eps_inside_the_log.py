# expect: fragile kl_divergence/eps-inside-the-log
import torch


def kl_loss(p, q):
    p = p / p.sum(-1, keepdim=True)
    q = q / q.sum(-1, keepdim=True)
    return (p * (torch.log(p + 1e-10) - torch.log(q + 1e-10))).sum(-1).mean()
