# expect: convention kl_divergence/base-2-logarithm
import torch


def kl_divergence(p, q, sample_weight=None):
    p, q = p / p.sum(-1, keepdim=True), q / q.sum(-1, keepdim=True)
    kl = (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1) / torch.log(torch.tensor(2.0, dtype=p.dtype))
    return kl.mean() if sample_weight is None else (kl * sample_weight).sum() / sample_weight.sum()
