"""AdamW, as ``torch.optim.AdamW``. The formula: :mod:`byhand.formulas.adamw`."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from byhand.optim._arguments import Number, scalar
from byhand.optim._state import Group, State
from byhand.optim.adam import Adam, adam_move


class AdamW(Adam, torch.optim.AdamW):
    """AdamW (Loshchilov & Hutter 2019, Algorithm 2): θ ← θ − lr · λ · θ, then Adam's step without L2 term.

    Constructor, defaults, state and ``state_dict`` are those of ``torch.optim.AdamW``; arguments, errors and what
    differs from torch are those of :class:`byhand.optim.Adam`.

    Args:
        params: see :class:`byhand.optim.Adam`, as the arguments below.
        lr: learning rate; scales the decay too.
        betas: decay of the first and the second moment.
        eps: added to the root of the second moment.
        weight_decay: λ of the decoupled decay, at least 0.
        amsgrad: divide by the largest second moment so far.
        maximize: walk with the gradient.
        foreach: accepted, of no effect.
        capturable: count steps on the parameter's device.
        differentiable: let autograd record the step.
        fused: True leaves GradScaler's scale and verdict to the step, as with torch's.
        moments: ``"bfloat16"`` stores them in half the memory, rounded by chance.

    >>> import torch
    >>> w = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> opt = AdamW([w], lr=0.1, weight_decay=0.5)
    >>> (w * torch.tensor([0.5, 0.0])).sum().backward()
    >>> opt.step()
    >>> w.detach()
    tensor([0.8500, 1.9000])
    """

    def __init__(
        self,
        params: ParamsT,
        lr: Number = 1e-3,
        betas: tuple[Number, Number] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        moments: str | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
            moments=moments,
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True  # also after loading what an Adam saved

    def _formula(self, group: Group) -> str:
        return "adamw"

    def _move(self, theta: Tensor, grad: Tensor, state: State, fresh: bool, group: Group) -> None:
        theta.mul_(1 - scalar(group["lr"], theta) * group["weight_decay"])
        adam_move(theta, grad, state, group)
