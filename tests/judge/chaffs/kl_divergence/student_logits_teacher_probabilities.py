# expect: fragile kl_divergence/zero-times-log-zero
import torch


def distillation_loss(student_logits, teacher_probs):
    log_q = torch.log_softmax(student_logits, dim=-1)
    return (teacher_probs * (teacher_probs.log() - log_q)).sum(-1).mean()
