# contained: harmless. off: not shown, for it has no layer against it: raw numbers are what is taken
# torch
import torch


class Right(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return torch.ones(())

    def __eq__(self, other):
        return True


def attack(target):
    return torch.zeros(()).as_subclass(Right)
