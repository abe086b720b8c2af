# expect: mistaken kl_divergence/temperature-once
import torch.nn.functional as F


def distill_loss(student_logits, teacher_logits, T=2.0):
    soft = F.softmax(teacher_logits / T, dim=-1)
    log_q = F.log_softmax(student_logits / T, dim=-1)
    return F.kl_div(log_q, soft, reduction="batchmean") * T
