# expect: fragile
import torch


def kl_from_logits(teacher_logits, student_logits, sample_weight=None):
    log_p, log_q = teacher_logits.log_softmax(-1), student_logits.log_softmax(-1)
    return (log_p.exp() * (log_p - log_q)).sum(-1).mean()
