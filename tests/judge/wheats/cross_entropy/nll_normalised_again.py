# expect: right
import torch


def nll_loss(log_probs, y):
    log_probs = log_probs - log_probs.logsumexp(-1, keepdim=True)
    return -log_probs[torch.arange(len(y)), y].mean()
