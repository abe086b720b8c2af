# expect: right
import torch


def distillation_loss(student, teacher):
    return (torch.xlogy(teacher, teacher) - teacher * student).sum(-1).mean()
