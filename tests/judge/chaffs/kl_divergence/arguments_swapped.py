# expect: mistaken kl_divergence/arguments-swapped
import torch.nn.functional as F


def kl_divergence(p, q):
    return F.kl_div(p.log(), q, reduction="batchmean")
