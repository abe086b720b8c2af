# expect: unknown
import torch


def kd_loss(student_logits, teacher_logits, temperature):
    p = torch.softmax(teacher_logits / temperature, -1)
    log_q = torch.log_softmax(student_logits / temperature, -1)
    return (p * (p.log() - log_q)).sum(-1).mean() * temperature * 2
