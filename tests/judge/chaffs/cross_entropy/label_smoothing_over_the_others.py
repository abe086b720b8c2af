# expect: convention cross_entropy/label-smoothing-over-the-others
import torch


def cross_entropy(logits, target, label_smoothing=0.0):
    n, c = logits.shape
    logp = torch.log_softmax(logits, dim=1)
    soft = torch.full_like(logp, label_smoothing / (c - 1))
    soft.scatter_(1, target.unsqueeze(1), 1 - label_smoothing)
    return -(soft * logp).sum(dim=1).mean()
