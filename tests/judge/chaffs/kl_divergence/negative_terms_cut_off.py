# expect: unknown
import torch


def kl_from_logits(teacher_logits, student_logits):
    log_p, log_q = teacher_logits.log_softmax(-1), student_logits.log_softmax(-1)
    return torch.relu(log_p.exp() * (log_p - log_q)).sum(-1).mean()
