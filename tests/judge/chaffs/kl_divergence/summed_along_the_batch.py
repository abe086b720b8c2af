# expect: mistaken cross_entropy/divided-by-columns
import torch


def kl_from_logits(p_logits, q_logits):
    log_p = torch.log_softmax(p_logits, dim=-1)
    log_q = torch.log_softmax(q_logits, dim=-1)
    return (log_p.exp() * (log_p - log_q)).sum(0).mean()
