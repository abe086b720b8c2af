# expect: mistaken kl_divergence/probabilities-in-place-of-log-probabilities
import torch.nn.functional as F


def kl_divergence(p, q):
    return F.kl_div(q, p, reduction="batchmean")
