# expect: mistaken kl_divergence/logs-added
import torch
import torch.nn.functional as F


def distillation_loss(student_logits, teacher_logits, T=3.0):
    log_q = F.log_softmax(student_logits / T, dim=-1)
    log_p = F.log_softmax(teacher_logits / T, dim=-1)
    return (log_p.exp() * (log_p + log_q)).sum(-1).mean() * T * T
