# expect: unknown
import torch.nn.functional as F


def distillation_loss(student_logits, teacher_logits, T=4.0):
    p = F.softmax(teacher_logits / T, dim=1)
    return F.kl_div(student_logits / T, p, reduction="batchmean") * T * T
