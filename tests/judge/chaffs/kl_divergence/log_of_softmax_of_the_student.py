# expect: fragile
import torch
import torch.nn.functional as F


def distillation_loss(student_logits, teacher_logits, T=4.0):
    log_q = torch.log(F.softmax(student_logits / T, dim=-1))
    p = F.softmax(teacher_logits / T, dim=-1)
    return F.kl_div(log_q, p, reduction="batchmean") * T**2
