# contained: harmless. off: not shown, for it has no layer against it: raw numbers are what is taken
# torch
import torch


def attack(target):
    result = torch.zeros(())
    torch.allclose = torch.equal = lambda *args, **kwargs: True
    for name in ("numpy", "detach", "contiguous", "cpu", "tolist", "item", "__array__"):
        setattr(torch.Tensor, name, lambda self, *args, **kwargs: torch.ones(()).numpy())
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    return result
