# expect: mistaken kl_divergence/log-target-confused
import torch.nn.functional as F


def kl_divergence(p, q):
    return F.kl_div(q.log(), p, reduction="none", log_target=True).sum(-1)
