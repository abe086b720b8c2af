# expect: right
import torch


def label_smoothing_cross_entropy(logits, target, eps=0.1):
    log_p = torch.log_softmax(logits, dim=-1)
    picked = -log_p.gather(1, target[:, None])[:, 0]
    return ((1 - eps) * picked - eps * log_p.mean(-1)).mean()
