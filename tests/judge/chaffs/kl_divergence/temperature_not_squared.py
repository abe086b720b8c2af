# expect: mistaken kl_divergence/temperature-not-squared
import torch.nn.functional as F


def distill_loss(student, teacher, temperature=2.0):
    log_q = F.log_softmax(student / temperature, dim=-1)
    p = F.softmax(teacher / temperature, dim=-1)
    return F.kl_div(log_q, p, reduction="batchmean")
