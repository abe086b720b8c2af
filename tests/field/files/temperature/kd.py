import torch
import torch.nn.functional as F
from timm.models import create_model


def distillation_loss(student_logits, teacher_logits, T=4.0):
    log_q = F.log_softmax(student_logits / T, dim=-1)
    p = F.softmax(teacher_logits, dim=-1)
    return F.kl_div(log_q, p, reduction="batchmean") * T ** 2


def kl_softened(logits_p, logits_q, tau=1.0):
    """KL of two softened distributions. No T^2, it is not used as a loss."""
    a = (logits_p / tau).log_softmax(-1)
    b = (logits_q / tau).log_softmax(-1)
    return (a.exp() * (a - b)).sum(-1)


def hinton(student_logits, teacher_logits, labels, T=4.0, alpha=0.9):
    soft = F.kl_div(F.log_softmax(student_logits / T, 1), F.softmax(teacher_logits / T, 1), reduction="batchmean")
    hard = F.cross_entropy(student_logits, labels)
    return alpha * T * T * soft + (1 - alpha) * hard
