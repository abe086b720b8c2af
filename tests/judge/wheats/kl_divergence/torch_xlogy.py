# expect: right
import torch


def kl_divergence(P, Q):
    P = P / P.sum(dim=-1, keepdim=True)
    Q = Q / Q.sum(dim=-1, keepdim=True)
    return (torch.xlogy(P, P) - torch.xlogy(P, Q)).sum(dim=-1)
