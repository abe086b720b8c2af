# expect: fragile kl_divergence/not-normalised
import torch


def kl_divergence(p, q):
    return torch.where(p > 0, p * torch.log(p / q), torch.zeros_like(p)).sum(dim=-1).mean()
