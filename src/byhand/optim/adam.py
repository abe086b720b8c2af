"""Adam, as ``torch.optim.Adam``. The formula: :mod:`byhand.formulas.adam`."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from byhand._check import must_be
from byhand.optim._arguments import (
    Number,
    check_at_least_0,
    check_flags,
    check_moments,
    check_scalar,
    checked_pair,
    scalar,
)
from byhand.optim._base import Optimizer
from byhand.optim._state import Group, State
from byhand.optim._tensors import add_, lerp_


class Adam(Optimizer, torch.optim.Adam):
    """Adam (Kingma & Ba 2015, Algorithm 1), with L2 decay and AMSGrad (Reddi, Kale & Kumar 2018, Algorithm 2).

    Constructor, defaults, state and ``state_dict`` are those of ``torch.optim.Adam``. Differences: parameters in
    float16 and bfloat16 have moments in float32; steps are counted in float32, whatever torch's default dtype;
    ``capturable`` works on any device, ``fused`` with complex parameters too; bias corrections are computed in float64
    in every mode. A parameter whose ``grad`` is None is not changed, and its step is not counted.

    Args:
        params: tensors, ``(name, tensor)`` pairs, or dicts, each a group of parameters with options of its own.
        lr: learning rate, at least 0; a tensor of 1 element is read on its device at each step.
        betas: decay rates of the first and the second moment, 0 ≤ β < 1; both numbers or both tensors.
        eps: added to the root of the second moment, at least 0.
        weight_decay: λ of the L2 term, at least 0.
        amsgrad: divide by the largest second moment so far.
        foreach: accepted and stored in ``state_dict``; it does not change how byhand computes.
        maximize: ascend instead of descend.
        capturable: count steps on the parameter's device, for CUDA graphs.
        differentiable: let autograd record the step.
        fused: as ``foreach``; if True, GradScaler leaves the scale and skipped steps to this step, as in torch.
        decoupled_weight_decay: decay as :class:`byhand.optim.AdamW` does.
        moments: ``"bfloat16"`` stores the moments in half the memory of float32, rounded stochastically so that their
            expected value is exact. The random bits are a hash of the group's ``seed``, the tensor, the step and the
            element, so every run is the same. The update uses the moments before rounding, but AMSGrad's maximum as
            stored. Moments of complex parameters keep their dtype.

    Raises:
        ValueError: an argument is out of its range, there are no parameters, or one is in two groups or not a leaf.
        TypeError: an argument has another type, such as a model in place of its parameters.
        KeyError: a group has no key ``"params"``.
        RuntimeError: ``fused`` together with ``foreach`` or ``differentiable``.

    >>> w = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> opt = Adam([w], lr=0.1)
    >>> (w * torch.tensor([0.5, -3.0])).sum().backward()
    >>> opt.step()
    >>> w.detach()
    tensor([0.9000, 2.1000])
    """

    def __init__(
        self,
        params: ParamsT,
        lr: Number = 1e-3,
        betas: tuple[Number, Number] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
        moments: str | None = None,
    ) -> None:
        of = type(self).__name__
        check_at_least_0("lr", lr, of)
        betas = _checked_betas(betas, of)
        check_at_least_0("eps", eps, of)
        check_at_least_0("weight_decay", weight_decay, of)
        check_flags(of, foreach, fused, differentiable)
        check_moments(of, moments)
        if foreach and not capturable and any(isinstance(x, Tensor) for x in (lr, *betas)):
            raise must_be(
                "foreach", of, "False if `lr` or `betas` are tensors and not `capturable`", foreach, ValueError
            )
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
            "moments": moments,
        }
        super().__init__(params, defaults)

    def _formula(self, group: Group) -> str:
        return "adamw" if group["decoupled_weight_decay"] else "adam"

    def _moments(self, group: Group) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq", "max_exp_avg_sq") if group["amsgrad"] else ("exp_avg", "exp_avg_sq")

    def _move(self, theta: Tensor, grad: Tensor, state: State, fresh: bool, group: Group) -> None:
        if group["weight_decay"]:
            if group["decoupled_weight_decay"]:
                theta.mul_(1 - scalar(group["lr"], theta) * group["weight_decay"])
            else:
                grad = grad.add(theta, alpha=group["weight_decay"])
        adam_move(theta, grad, state, group)


def adam_move(theta: Tensor, grad: Tensor, state: State, group: Group) -> None:
    """The update of Adam and AdamW after the weight decay, in place."""
    lr, beta1, beta2 = (scalar(x, theta) for x in (group["lr"], *group["betas"]))
    step = state["step"]
    t = step.double() if step.device.type != "cpu" or torch.compiler.is_compiling() else step.item()
    m, v = state["exp_avg"], state["exp_avg_sq"]
    lerp_(m, grad, 1 - beta1)
    if isinstance(beta2, Tensor):
        lerp_(v, grad * grad, 1 - beta2)
    else:
        v.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
    if group["amsgrad"]:
        v = state["max_exp_avg_sq"] = torch.maximum(state["max_exp_avg_sq"], v)
    root = (v.sqrt() / (1 - beta2**t) ** 0.5).add_(group["eps"])
    step_size = lr / (1 - beta1**t)
    if isinstance(step_size, Tensor):
        add_(theta, m / root, -step_size)
    else:
        theta.addcdiv_(m, root, value=-step_size)


def _checked_betas(betas: tuple[Number, Number], of: str) -> tuple[Number, Number]:
    betas = checked_pair("betas", betas, of)
    for i, beta in enumerate(betas):
        check_scalar(f"betas[{i}]", beta, of)
        if not 0.0 <= beta < 1.0:
            raise must_be(f"betas[{i}]", of, "at least 0 and below 1", beta, ValueError)
    if isinstance(betas[0], Tensor) != isinstance(betas[1], Tensor):
        raise must_be("betas", of, "two numbers or two tensors", betas, ValueError)
    return betas
