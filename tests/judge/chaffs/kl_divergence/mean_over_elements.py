# expect: library kl_divergence/mean-over-elements
import torch.nn.functional as F


def kl_loss(log_q, p):
    return F.kl_div(log_q, p, reduction="none").mean()
