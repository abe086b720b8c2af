# expect: mistaken kl_divergence/logits-not-normalised
import torch


def kl_from_logits(teacher_logits, student_logits):
    log_p = torch.log_softmax(teacher_logits, dim=-1)
    return (log_p.exp() * (log_p - student_logits)).sum(-1).mean()
