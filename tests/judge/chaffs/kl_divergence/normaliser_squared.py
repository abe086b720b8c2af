# expect: unknown
import torch


def kl_div(log_q, p):
    z = torch.logsumexp(log_q, dim=-1)
    return (p * (p.log() - log_q)).sum(-1).mean() + (z**2).mean()
