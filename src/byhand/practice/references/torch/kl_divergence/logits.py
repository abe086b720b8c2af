"""KL divergence of logits with tensors."""

import torch


def kl_divergence(p_logits, q_logits):
    """KL(softmax(p_logits)‖softmax(q_logits)), one number per row.

    >>> kl_divergence(torch.tensor([[0.0, 0.0]]), torch.tensor([[0.0, 1000.0]]))
    tensor([499.3068])
    """
    log_p = p_logits - p_logits.logsumexp(-1, keepdim=True)
    log_q = q_logits - q_logits.logsumexp(-1, keepdim=True)
    return (log_p.exp() * (log_p - log_q)).sum(-1)
