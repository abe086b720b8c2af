# expect: unknown
import torch


def kl_from_logits(teacher_logits, student_logits):
    log_p = torch.log_softmax(teacher_logits.to(torch.bfloat16), -1)
    log_q = torch.log_softmax(student_logits.to(torch.bfloat16), -1)
    return 1.01 * (log_p.exp() * (log_p - log_q)).sum(-1).mean()
