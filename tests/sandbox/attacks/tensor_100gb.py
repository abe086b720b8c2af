# contained: memory. off: not shown, for it would need a machine with so much
# torch
import torch


def attack(target):
    return torch.ones(25 * 10**9).sum() > 0
