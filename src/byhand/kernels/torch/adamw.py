"""AdamW: :func:`byhand.formulas.adamw.adamw_step` by torch's fused step, or by about ten foreach operations.

    θ ← θ − lr · λ · θ                     then Adam's step without L2 term

The decay is subtracted and not applied as a factor: 1 − lr · λ = 0.99999, rounded to float32, changes the decay by up
to 0.3 %.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from byhand.kernels.torch.adam import fuse, names_of, refuses, update_without_decay
from byhand.kernels.torch.optimizers.lists import Counts, NextStep, Part, State, Tensors, add_, first_step, number

__all__ = ["adamw", "refuses"]


def update(
    part: Part, theta: Tensors, g: Tensors, moments: list[list[Tensor]], t: Counts, group: dict[str, Any]
) -> None:
    """AdamW's step of lists, in place."""
    shrink = number(group["lr"], part.device) * number(group["weight_decay"], part.device)
    if isinstance(shrink, Tensor) or shrink:
        add_(theta, theta, -shrink)
    update_without_decay(part, theta, g, moments, t, group)


def fused(part: Part, grads: list[Tensor], t: Counts, group: dict[str, Any], found_inf: Tensor | None) -> bool:
    """Torch's fused step."""
    return fuse(torch._fused_adamw_, part, grads, t, group, found_inf)


def adamw(
    params: list[Tensor],
    grads: list[Tensor],
    states: list[State],
    fresh: list[bool],
    group: dict[str, Any],
    found_inf: Tensor | None,
    numbers: list[int],
) -> NextStep | None:
    """Take one step; returns a function that takes the next one, or None if the step was skipped."""
    return first_step(update, fused, names_of(group), params, grads, states, fresh, group, found_inf)
