# expect: unknown
import torch


def distillation_loss(student_logits, teacher_logits):
    log_q = torch.log_softmax(student_logits, -1)
    log_p = torch.log_softmax(teacher_logits, -1)
    return (teacher_logits * (log_p - log_q)).sum(-1).mean()
