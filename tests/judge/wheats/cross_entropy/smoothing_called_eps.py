# expect: right
import torch


def cross_entropy(logits, target, eps=0.1):
    log_p = torch.log_softmax(logits, dim=-1)
    nll = -log_p.gather(-1, target[:, None])[:, 0]
    return ((1 - eps) * nll - eps * log_p.mean(-1)).mean()
