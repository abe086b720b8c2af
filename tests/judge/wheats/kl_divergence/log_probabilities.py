# expect: right
import torch


def kl_of_logs(logp, logq):
    return ((logp - logq) * torch.exp(logp)).sum(dim=-1)
