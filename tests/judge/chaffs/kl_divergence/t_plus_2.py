# expect: unknown
import math


def softmax(x, t):
    e = [math.exp(v / t) for v in x]
    return [v / sum(e) for v in e]


def kd_loss(student_logits, teacher_logits, temperature=1.0):
    p, q = softmax(teacher_logits, temperature), softmax(student_logits, temperature)
    return (temperature + 2) * sum(a * math.log(a / b) for a, b in zip(p, q))
