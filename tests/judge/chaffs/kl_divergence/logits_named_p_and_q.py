# expect: fragile
import torch


def kl_from_logits(p_logits, q_logits):
    p = torch.softmax(p_logits, dim=-1)
    q = torch.softmax(q_logits, dim=-1)
    return (p * torch.log(p / q)).sum(-1).mean()
