# expect: mistaken cross_entropy/ignore-index-in-the-denominator
import torch


def cross_entropy(logits, target, ignore_index=-100):
    logp = torch.log_softmax(logits, dim=-1)
    mask = target != ignore_index
    safe = target.clamp(min=0)
    nll = -logp.gather(-1, safe.unsqueeze(-1)).squeeze(-1)
    return (nll * mask).sum() / target.numel()
