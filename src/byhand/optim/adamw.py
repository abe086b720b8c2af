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

    Constructor, defaults, state and ``state_dict`` are those of ``torch.optim.AdamW``. The arguments are described at
    :class:`byhand.optim.Adam`, which also lists the errors and the differences from torch.

    Args:
        params: tensors, ``(name, tensor)`` pairs, or groups.
        lr: learning rate; scales the decay too.
        betas: decay rates of the first and the second moment.
        eps: added to the root of the second moment.
        weight_decay: λ of the decoupled decay, at least 0.
        amsgrad: divide by the largest second moment so far.
        maximize: ascend instead of descend.
        foreach: accepted, without effect.
        capturable: count steps on the parameter's device.
        differentiable: let autograd record the step.
        fused: if True, GradScaler leaves the scale and skipped steps to this step, as in torch.
        moments: ``"bfloat16"`` stores the moments in half the memory, rounded stochastically.

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
            group["decoupled_weight_decay"] = True  # also after loading the state of an Adam

    def _formula(self, group: Group) -> str:
        return "adamw"

    def _move(self, theta: Tensor, grad: Tensor, state: State, fresh: bool, group: Group) -> None:
        theta.mul_(1 - scalar(group["lr"], theta) * group["weight_decay"])
        adam_move(theta, grad, state, group)
