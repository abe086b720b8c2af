"""Adam: :func:`byhand.formulas.adam.adam_step` by torch's fused step, or by about ten foreach operations.

    d ← ± g + λ · θ
    m ← m + (1 − β₁) · (d − m)
    v ← β₂ · v + (1 − β₂) · d²
    θ ← θ − α · m / (√v / √(1 − β₂ᵗ) + ε)           α = lr / (1 − β₁ᵗ)

The factors are computed in float64; on MPS, which has none, from expm1, which keeps the digits of 1 − βᵗ.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, log
from typing import Any

import torch
from torch import Tensor

from byhand.kernels.torch.optimizers import lists as _lists
from byhand.kernels.torch.optimizers.lists import (
    Counts,
    NextStep,
    Number,
    Part,
    State,
    Tensors,
    add_,
    first_step,
    lerp_,
    number,
    with_decay,
)


def refuses(p: Tensor, grad: Tensor, *state: Tensor) -> str:
    """Why the kernel can't take these tensors, or ``""``; the last one counts the steps."""
    return _lists.refuses(p, grad, *state[:-1])


def update(
    part: Part, theta: Tensors, g: Tensors, moments: list[list[Tensor]], t: Counts, group: dict[str, Any]
) -> None:
    """Adam's step of lists, in place."""
    g = with_decay(g, theta, number(group["weight_decay"], part.device))
    update_without_decay(part, theta, g, moments, t, group)


def update_without_decay(
    part: Part, theta: Tensors, g: Tensors, moments: list[list[Tensor]], t: Counts, group: dict[str, Any]
) -> None:
    """The part of the step that follows the decay, for Adam and AdamW."""
    lr, beta1, beta2, eps = (number(x, part.device) for x in (group["lr"], *group["betas"], group["eps"]))
    m, v, *largest = moments
    lerp_(m, g, 1 - beta1)
    if isinstance(beta2, Tensor):
        lerp_(v, torch._foreach_mul(g, g), 1 - beta2)
    else:
        torch._foreach_mul_(v, beta2)
        torch._foreach_addcmul_(v, g, g, 1 - beta2)
    for top in largest:
        torch._foreach_maximum_(top, v)
        v = top
    denominator = torch._foreach_sqrt(v)
    bias1, bias2 = one_minus_power(beta1, t, part.device), one_minus_power(beta2, t, part.device)
    torch._foreach_div_(denominator, [x**0.5 for x in bias2] if isinstance(bias2, list) else bias2.sqrt().unbind())
    torch._foreach_add_(denominator, eps)
    if isinstance(bias1, list) and not isinstance(lr, Tensor):
        torch._foreach_addcdiv_(theta, m, denominator, [-lr / x for x in bias1])
    else:
        ratio = torch._foreach_div(m, denominator)
        torch._foreach_div_(ratio, bias1 if isinstance(bias1, list) else bias1.unbind())
        add_(theta, ratio, -lr)


def one_minus_power(beta: Number, t: Counts, device: torch.device) -> list[float] | Tensor:
    """1 − βᵗ for the counts t of several tensors; a tensor on the device if β or t is one."""
    if isinstance(t, list) and not isinstance(beta, Tensor):
        return [1 - beta**n for n in t]
    dtype = torch.float32 if device.type == "mps" else torch.float64
    counts = torch.as_tensor(t, dtype=dtype, device=device)
    log_beta = beta.to(dtype).log() if isinstance(beta, Tensor) else log(beta) if beta else -inf
    return -torch.expm1(counts * log_beta)


def fuse(
    function: Callable[..., Any],
    part: Part,
    grads: list[Tensor],
    t: Counts,
    group: dict[str, Any],
    found_inf: Tensor | None,
) -> bool:
    """Call ``function``, torch's fused step; returns False if it does not take the options of the group."""
    lr, *rest = (number(x, part.device) for x in (group["lr"], *group["betas"], group["eps"], group["weight_decay"]))
    if any(isinstance(x, Tensor) for x in rest):
        return False
    beta1, beta2, eps, decay = rest
    m, v, *largest = part.moments
    function(
        *(part.params, grads, m, v, *(largest or [[]]), part.device_counts(t)),
        lr=lr.float() if isinstance(lr, Tensor) else lr,
        beta1=beta1,
        beta2=beta2,
        eps=eps,
        weight_decay=decay,
        amsgrad=bool(largest),
        maximize=group["maximize"],
        found_inf=found_inf,
    )
    return True


def fused(part: Part, grads: list[Tensor], t: Counts, group: dict[str, Any], found_inf: Tensor | None) -> bool:
    """Torch's fused step."""
    return fuse(torch._fused_adam_, part, grads, t, group, found_inf)


def adam(
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


def names_of(group: dict[str, Any]) -> tuple[str, ...]:
    """The moments of a parameter, in the order of torch's fused step."""
    return ("exp_avg", "exp_avg_sq", "max_exp_avg_sq") if group["amsgrad"] else ("exp_avg", "exp_avg_sq")
