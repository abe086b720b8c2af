# expect: fragile kl_divergence/zero-times-log-zero
import numpy as np


def distillation_loss(student_probs, teacher_probs, T=2.0):
    p = teacher_probs ** (1 / T)
    q = student_probs ** (1 / T)
    p = p / p.sum(axis=-1, keepdims=True)
    q = q / q.sum(axis=-1, keepdims=True)
    return T**2 * np.sum(p * np.log(p / q), axis=-1).mean()
