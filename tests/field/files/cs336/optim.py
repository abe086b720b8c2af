from __future__ import annotations
from collections.abc import Callable, Iterable
import math
from typing import Optional

import torch
from einops import rearrange, einsum
from jaxtyping import Float, Int
from torch import Tensor


def cross_entropy(inputs: Float[Tensor, "batch_size vocab_size"], targets: Int[Tensor, "batch_size"]) -> Float[Tensor, ""]:
    shifted = inputs - inputs.amax(dim=-1, keepdim=True)
    logz = torch.log(torch.sum(torch.exp(shifted), dim=-1))
    picked = shifted.gather(-1, targets[..., None])[..., 0]
    return torch.mean(logz - picked)


class SGD(torch.optim.Optimizer):
    """warm-up from the handout: lr / sqrt(t + 1)"""
    def __init__(self, params, lr=1e-3):
        if lr < 0:
            raise ValueError("lr below 0")
        super().__init__(params, {"lr": lr})

    def step(self, closure: Optional[Callable] = None):
        loss = closure() if closure is not None else None
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                done = self.state[p].get("done", 0)
                p.data.add_(p.grad, alpha=-group["lr"] * (1 + done) ** -0.5)
                self.state[p]["done"] = done + 1
        return loss


class AdamW(torch.optim.Optimizer):
    def __init__(self, params: Iterable[torch.nn.Parameter], lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay))

    def step(self, closure=None):
        loss = closure() if closure else None
        for g in self.param_groups:
            b1, b2 = g["betas"]
            for p in g["params"]:
                if p.grad is None:
                    continue
                grad = p.grad.data
                s = self.state[p]
                t = s.get("t", 1)
                m = s.get("m", torch.zeros_like(p.data))
                v = s.get("v", torch.zeros_like(p.data))
                m = b1 * m + (1 - b1) * grad
                v = b2 * v + (1 - b2) * grad * grad
                a_t = g["lr"] * math.sqrt(1 - b2**t) / (1 - b1**t)
                p.data -= a_t * m / (torch.sqrt(v) + g["eps"])
                p.data -= g["lr"] * g["weight_decay"] * p.data
                s["t"], s["m"], s["v"] = t + 1, m, v
        return loss


def get_lr_cosine_schedule(it, max_learning_rate, min_learning_rate, warmup_iters, cosine_cycle_iters):
    if it < warmup_iters:
        return it / warmup_iters * max_learning_rate
    if it > cosine_cycle_iters:
        return min_learning_rate
    c = math.cos((it - warmup_iters) / (cosine_cycle_iters - warmup_iters) * math.pi)
    return min_learning_rate + 0.5 * (1 + c) * (max_learning_rate - min_learning_rate)


def gradient_clipping(parameters, max_l2_norm, eps=1e-6):
    ps = [p for p in parameters if p.grad is not None]
    n = torch.sqrt(sum((p.grad ** 2).sum() for p in ps))
    if n > max_l2_norm:
        for p in ps:
            p.grad *= max_l2_norm / (n + eps)
