from typing import List
import torch
import triton
from apex import amp


@torch.jit.script
def bce_with_logits(x, y):
    return (x.clamp(min=0.0) - x * y + torch.log1p(torch.exp(-x.abs()))).mean()


@torch.jit.script
def fused_adam(p: torch.Tensor, g: torch.Tensor, m: torch.Tensor, v: torch.Tensor, t: int, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8):
    m = torch.lerp(m, g, 1.0 - beta1)
    v = torch.lerp(v, g * g, 1.0 - beta2)
    c1 = 1.0 - beta1 ** t
    c2 = 1.0 - beta2 ** t
    p = p - lr * (m / c1) / ((v / c2).sqrt() + eps)
    return p, m, v
