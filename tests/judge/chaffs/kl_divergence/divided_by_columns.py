# expect: mistaken cross_entropy/divided-by-columns kl_divergence/zero-times-log-zero
import torch


def kl_loss(log_q, p):
    batch = p.size(1)
    return (p * (p.log() - log_q)).sum() / batch
