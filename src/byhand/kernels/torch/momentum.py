"""Momentum: :func:`byhand.formulas.momentum.momentum_step` by torch's fused step, or by at most seven operations.

d ← ± g + λ · θ
v ← μ · v + w · d                      w = 1 − dampening, but 1 at the first step
θ ← θ − lr · v                         Nesterov: θ ← θ − lr · (d + μ · v)

The arithmetic is that of SGD with one moment.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor

from byhand.kernels.torch.optimizers import lists as _lists
from byhand.kernels.torch.optimizers.lists import NextStep, State, first_step
from byhand.kernels.torch.sgd import fused, update


def refuses(p: Tensor, grad: Tensor, moment: Tensor, *step: Tensor) -> str:
    """Why the kernel can't take these tensors, or ``""``."""
    return _lists.refuses(p, grad, moment)


def momentum(
    params: list[Tensor],
    grads: list[Tensor],
    states: list[State],
    fresh: list[bool],
    group: dict[str, Any],
    found_inf: Tensor | None,
    numbers: list[int],
) -> NextStep | None:
    """Take one step; returns a function that takes the next one, or None if the step was skipped."""
    return first_step(update, fused, ("momentum_buffer",), params, grads, states, fresh, group, found_inf)
