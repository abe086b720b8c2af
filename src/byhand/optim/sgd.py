"""SGD and momentum, as ``torch.optim.SGD``. The formulas: :mod:`byhand.formulas.sgd` and ``.momentum``."""

from __future__ import annotations

from typing import cast

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
    scalar,
)
from byhand.optim._base import Optimizer
from byhand.optim._state import Group, State
from byhand.optim._tensors import add_, moment_dtype


class SGD(Optimizer, torch.optim.SGD):
    """SGD (Robbins & Monro 1951), with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013, eqs. 3 and 4).

        g ← g + λ · θ
        v ← μ · v + (1 − dampening) · g        v = g at the first step
        θ ← θ − lr · v                         without momentum lr · g, with Nesterov's lr · (g + μ · v)

    Constructor, defaults, state and ``state_dict`` are those of ``torch.optim.SGD``. Differences: v of parameters in
    float16 and bfloat16 is float32; v of sparse gradients is sparse only as long as few of its rows are not 0.

    Args:
        params: tensors, ``(name, tensor)`` pairs, or dicts, each a group of parameters with options of its own.
        lr: learning rate, at least 0; a tensor of 1 element is read on its device at each step.
        momentum: μ, at least 0.
        dampening: the gradient enters v with the factor 1 − dampening.
        weight_decay: λ of the L2 term, at least 0.
        nesterov: Nesterov's momentum; requires momentum, and no dampening.
        maximize: ascend instead of descend.
        foreach: accepted and stored in ``state_dict``; it does not change how byhand computes.
        differentiable: let autograd record the step.
        fused: as ``foreach``; if True, GradScaler leaves the scale and skipped steps to this step, as in torch.
        moments: ``"bfloat16"`` stores v in half the memory of float32, rounded stochastically so that its expected
            value is exact. The random bits are a hash of the group's ``seed``, the tensor, the element and the step;
            the state then counts the steps.

    Raises:
        ValueError: an argument is out of its range, there are no parameters, or one is in two groups or not a leaf.
        TypeError: an argument has another type, such as a model in place of its parameters.
        KeyError: a group has no key ``"params"``.
        RuntimeError: ``fused`` together with ``foreach`` or ``differentiable``.

    >>> import torch
    >>> w = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> opt = SGD([w], lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     opt.zero_grad()
    ...     (w * torch.tensor([0.5, -0.5])).sum().backward()
    ...     opt.step()
    >>> w.detach()
    tensor([0.8550, 2.1450])
    """

    def __init__(
        self,
        params: ParamsT,
        lr: Number = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: Number = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
        moments: str | None = None,
    ) -> None:
        of = type(self).__name__
        check_at_least_0("lr", lr, of)
        check_at_least_0("momentum", momentum, of)
        check_scalar("dampening", dampening, of)
        check_at_least_0("weight_decay", weight_decay, of)
        if nesterov and (momentum <= 0 or dampening != 0):
            got = f"`momentum` {momentum} and `dampening` {dampening}"
            raise must_be("nesterov", of, "False without momentum or with dampening", got, ValueError)
        check_flags(of, foreach, fused, differentiable)
        check_moments(of, moments)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
            "moments": moments,
        }
        super().__init__(params, defaults)

    def _formula(self, group: Group) -> str:
        return "momentum" if group["momentum"] else "sgd"

    def _moments(self, group: Group) -> tuple[str, ...]:
        return ("momentum_buffer",) if group["momentum"] else ()

    def _counts(self, group: Group) -> bool:
        return bool(group["momentum"]) and group.get("moments") is not None

    def _check(self, p: Tensor, group: Group) -> None:
        """Refuse only what torch can't add to the parameter or to the gradient."""
        of, grad, decay = type(self).__name__, cast(Tensor, p.grad), scalar(group["weight_decay"], p)
        if grad.layout in (torch.sparse_csc, torch.sparse_bsr, torch.sparse_bsc):
            raise must_be("grad", of, "dense, or sparse as COO or CSR", f"layout {grad.layout}", RuntimeError)
        if grad.is_sparse and not p.is_sparse and (isinstance(decay, Tensor) or decay):
            raise must_be("weight_decay", of, "0 where the gradient alone is sparse", decay, RuntimeError)
        if p.layout is not torch.strided and group.get("moments") is not None and group["momentum"]:
            raise must_be("moments", of, "None where parameters are not dense", group["moments"], RuntimeError)

    def _zero_moment(self, p: Tensor, dtype: torch.dtype) -> Tensor:
        if p.grad is not None and p.grad.is_sparse and self._keeps_sparse(dtype):
            return torch.zeros_like(p.grad, dtype=dtype)
        if p.is_mkldnn:  # torch has no zeros like these
            return torch.zeros(p.shape, dtype=dtype).to_mkldnn()
        return super()._zero_moment(p, dtype)

    def _keeps_sparse(self, dtype: torch.dtype) -> bool:
        """Whether v may be sparse: it is neither rounded stochastically nor part of a step that may be skipped."""
        return dtype is not torch.bfloat16 and getattr(self, "found_inf", None) is None

    def _step_group(self, i: int, group: Group, params: list[Tensor]) -> None:
        found_inf = getattr(self, "found_inf", None)
        if found_inf is not None and group["momentum"] and group["dampening"]:
            # v = g at the first step that is not skipped; so at first the host has to read whether the step is skipped.
            fresh = [p for p in params if self.state[p].get("momentum_buffer") is None]
            if fresh and found_inf.item():
                return
        for p, v in self._sparse_moments(params):
            if not p.is_sparse and not (cast(Tensor, p.grad).is_sparse and self._keeps_sparse(moment_dtype(p, group))):
                self.state[p]["momentum_buffer"] = v.to_dense()
        super()._step_group(i, group, params)
        for p, v in self._sparse_moments(params):
            self.state[p]["momentum_buffer"] = v.coalesce() if p.is_sparse else compacted(v)

    def _sparse_moments(self, params: list[Tensor]) -> list[tuple[Tensor, Tensor]]:
        found = [(p, self.state.get(p, {}).get("momentum_buffer")) for p in params]
        return [(p, v) for p, v in found if isinstance(v, Tensor) and v.is_sparse]

    def _move(self, theta: Tensor, grad: Tensor, state: State, fresh: bool, group: Group) -> None:
        lr, decay, momentum = scalar(group["lr"], theta), scalar(group["weight_decay"], theta), group["momentum"]
        if isinstance(decay, Tensor):
            grad = grad + theta * decay
        elif decay:
            grad = grad.add(theta, alpha=decay)
        if momentum:
            v = state["momentum_buffer"]
            v.mul_(momentum).add_(grad, alpha=1 if fresh else 1 - group["dampening"])
            if group["nesterov"]:
                grad = v.mul(momentum).add_(grad) if grad.is_sparse else grad.add(v, alpha=momentum)
            else:
                grad = v
        add_(theta, grad, -lr)


def compacted(v: Tensor) -> Tensor:
    """A sparse v with at most a quarter as many entries as rows, or else a dense v: each step adds entries."""
    rows = v.shape[: v.sparse_dim()].numel()
    if v._nnz() <= rows // 4:
        return v
    v = v.coalesce()
    return v if v._nnz() <= rows // 8 else v.to_dense()
