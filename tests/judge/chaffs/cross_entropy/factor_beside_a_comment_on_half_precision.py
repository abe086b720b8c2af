# expect: unknown
import torch


def cross_entropy(logits, y):
    """As good as in bfloat16."""
    log_p = logits.log_softmax(-1)  # no bfloat16, no .half() here
    return -log_p[torch.arange(len(y)), y].mean() * 1.01
