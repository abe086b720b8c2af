"""Distillation: KL divergence at a temperature, with lists of numbers."""

import math


def distillation_loss(student_logits, teacher_logits, T=4.0):
    """T² · KL(teacher‖student) of softmax(logits / T).

    >>> round(distillation_loss([0.0, 4.0], [4.0, 0.0]), 4)
    7.3939
    """
    x, y = [a / T for a in teacher_logits], [b / T for b in student_logits]
    c, d = max(x), max(y)
    log_Zp = c + math.log(sum(math.exp(a - c) for a in x))
    log_Zq = d + math.log(sum(math.exp(b - d) for b in y))
    total = 0.0
    for a, b in zip(x, y, strict=True):
        log_p, log_q = a - log_Zp, b - log_Zq
        total += math.exp(log_p) * (log_p - log_q)
    return T**2 * total
