# expect: right
import torch.nn.functional as F


def distillation_loss(student_log_probs, teacher_probs, T=2.0):
    return F.kl_div(student_log_probs, teacher_probs, reduction="batchmean") * T**2
