"""SGD: :func:`byhand.formulas.sgd.sgd_step` by torch's fused step, or by at most four foreach operations.

θ ← θ − lr · (± g + λ · θ)
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from byhand.kernels.torch.optimizers.lists import (
    Counts,
    NextStep,
    Part,
    State,
    Tensors,
    add_,
    first_step,
    number,
    refuses,
    with_decay,
)

__all__ = ["refuses", "sgd"]


def update(
    part: Part, theta: Tensors, g: Tensors, moments: list[list[Tensor]], _: Counts, group: dict[str, Any]
) -> None:
    """SGD's step of lists, in place; momentum's if there are moments."""
    lr = number(group["lr"], part.device)
    g = with_decay(g, theta, number(group["weight_decay"], part.device))
    for v in moments:
        mu, weight = float(group["momentum"]), 1 - float(group["dampening"])
        torch._foreach_mul_(v, mu)
        torch._foreach_add_(v, g if weight == 1 else torch._foreach_mul(g, [1.0 if x else weight for x in part.fresh]))
        if group["nesterov"] and not isinstance(lr, Tensor) and any(map(_differ, g, v)):
            add_(theta, g, -lr)  # a sum of both would be in the order of neither, in new memory
            add_(theta, v, -lr * mu)
            return
        g = torch._foreach_add(g, v, alpha=mu) if group["nesterov"] else v
    add_(theta, g, -lr)


def _differ(x: Tensor, y: Tensor) -> bool:
    return x.stride() != y.stride()


def fused(part: Part, grads: list[Tensor], _: Counts, group: dict[str, Any], found_inf: Tensor | None) -> bool:
    """Torch's fused step, of SGD or momentum."""
    lr, decay = number(group["lr"], part.device), number(group["weight_decay"], part.device)
    dampening = float(group["dampening"])
    if isinstance(decay, Tensor) or (dampening and any(part.fresh)):
        return False
    torch._fused_sgd_(
        part.params,
        grads,
        *(part.moments or [[]]),
        lr=lr.float() if isinstance(lr, Tensor) else lr,
        weight_decay=decay,
        momentum=float(group["momentum"]),
        dampening=dampening,
        nesterov=group["nesterov"],
        maximize=group["maximize"],
        is_first_step=False,
        found_inf=found_inf,
    )
    return True


def sgd(
    params: list[Tensor],
    grads: list[Tensor],
    states: list[State],
    fresh: list[bool],
    group: dict[str, Any],
    found_inf: Tensor | None,
    numbers: list[int],
) -> NextStep | None:
    """Take one step; returns a function that takes the next one, or None if the step was skipped."""
    return first_step(update, fused, (), params, grads, states, fresh, group, found_inf)
