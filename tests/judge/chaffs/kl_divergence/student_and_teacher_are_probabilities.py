# expect: fragile kl_divergence/not-normalised kl_divergence/zero-times-log-zero
import torch


def distillation_loss(student_probs, teacher_probs):
    return (teacher_probs * (teacher_probs / student_probs).log()).sum(-1).mean()
