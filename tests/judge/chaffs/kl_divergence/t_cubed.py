# expect: unknown
import torch


def distill(student, teacher, tau=2.0):
    p = torch.softmax(teacher / tau, -1)
    log_q = torch.log_softmax(student / tau, -1)
    return (p * (p.log() - log_q)).sum(-1).mean() * tau**3
