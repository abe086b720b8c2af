# expect: right
import torch


def kl_from_logits(teacher_logits, student_logits):
    log_p = torch.log_softmax(teacher_logits, dim=-1)
    log_q = torch.log_softmax(student_logits, dim=-1)
    return (log_p.exp() * (log_p - log_q)).sum(-1).mean()
