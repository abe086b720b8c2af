"""KL divergence of probabilities with tensors."""

import torch


def kl_divergence(p, q):
    """KL(p‖q), one number per row; each row is first divided by its sum.

    >>> kl_divergence(torch.tensor([[0.4, 0.6], [1.0, 0.0]]), torch.tensor([[0.5, 0.5], [0.5, 0.5]]))
    tensor([0.0201, 0.6931])
    """
    p = p / p.sum(-1, keepdim=True)
    q = q / q.sum(-1, keepdim=True)
    seen = p != 0
    log_ratio = torch.where(seen, p, 1).log() - torch.where(seen, q, 1).log()
    return (p * log_ratio).sum(-1)
