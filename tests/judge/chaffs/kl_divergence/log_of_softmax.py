# expect: fragile kl_divergence/zero-times-log-zero
import torch


def kl_from_logits(teacher_logits, student_logits):
    p, q = torch.softmax(teacher_logits, -1), torch.softmax(student_logits, -1)
    return (p * (p.log() - q.log())).sum(-1).mean()
