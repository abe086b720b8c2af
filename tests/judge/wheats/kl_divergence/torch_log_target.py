# expect: library
import torch.nn.functional as F


def kl(log_q, log_p):
    return F.kl_div(log_q, log_p, log_target=True, reduction="none").sum(-1)
