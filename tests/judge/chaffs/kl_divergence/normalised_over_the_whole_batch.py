# expect: mistaken kl_divergence/normalised-over-the-whole-batch
import torch


def kl_divergence(P, Q):
    P = P / P.sum()
    Q = Q / Q.sum()
    return (torch.xlogy(P, P) - torch.xlogy(P, Q)).sum(dim=-1)
