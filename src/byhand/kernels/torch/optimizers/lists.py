"""Shared by the optimizers: an operation of torch's for all tensors of a group that have device and dtypes in common.

Torch's fused step is one such operation. It is called where its meaning is byhand's: for real tensors that have one
dtype and lie in the same order. It reads other orders wrongly, has no moments in float32 beside parameters in bfloat16,
and does not take tensors as hyperparameters, except the learning rate. On the CPU byhand has kernels of its own for
what the fused step can do. Everything else is a few foreach operations, in float32 or wider.

The state counts the steps on the CPU, or on the parameter's device if the group is capturable or fused. The host reads
counts on the CPU only; on a device, bias corrections are tensors too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import torch
from torch import Tensor

from byhand.kernels._layout import is_dense, layout, why_not_dense

FUSED = {"cuda", "xpu", "mps"}
"""Device types whose fused steps are used."""

WIDE = {
    torch.float16: torch.float32,
    torch.bfloat16: torch.float32,
    torch.float32: torch.float32,
    torch.float64: torch.float64,
    torch.complex64: torch.complex64,
    torch.complex128: torch.complex128,
}
"""For the dtype of a parameter, that of its moments and of the computation."""

ONE = torch.tensor(1.0, device="cpu")

Number: TypeAlias = float | Tensor
State: TypeAlias = dict[str, Tensor]
Tensors: TypeAlias = list[Tensor] | tuple[Tensor, ...]
Counts: TypeAlias = list[float] | Tensor | None
"""The steps of each tensor including this one: numbers, or a tensor on the device; None if they are not counted."""

NextStep: TypeAlias = Callable[[Any, dict[str, Any], bool], None]
"""A function that takes the next step of the same tensors.

Its arguments are their addresses, which it does not use, their group, and whether parameters lie elsewhere than before.
"""


def refuses(p: Tensor, grad: Tensor, *moments: Tensor) -> str:
    """Why the kernel can't take parameter ``p`` with its gradient and its moments; or ``""``."""
    tensors = (p, grad, *moments)
    if not torch.is_inference_mode_enabled() and any(x.is_inference() for x in (p, *moments)):
        return "torch refuses to change inference tensors outside of inference mode"
    if reason := why_not_dense(*tensors):
        return reason
    if any(x.is_neg() or x.is_conj() for x in (p, *moments)):
        return "torch changes no lists of lazily negated or conjugated tensors in place"
    if p.dtype not in WIDE or grad.dtype not in WIDE or grad.is_complex() != p.is_complex():
        return f"it takes floating point and complex numbers, not {p.dtype} with a gradient in {grad.dtype}"
    if any(x.shape != p.shape or x.device != p.device for x in tensors):
        return "it takes gradients and moments of their parameter's shape and device"
    if any(x.dtype is not WIDE[p.dtype] for x in moments):
        return f"it takes moments in {WIDE[p.dtype]} for a parameter in {p.dtype}"
    return ""


def number(x: Number, device: torch.device) -> Number:
    """A hyperparameter: a number, or a tensor without dimensions on the device. The host reads tensors on the CPU."""
    if not isinstance(x, Tensor):
        return float(x)
    return x.item() if x.is_cpu else x.detach().reshape(()).to(device, non_blocking=True)


def add_(xs: Tensors, ys: Tensors, by: Number) -> None:
    """X + by · y, in place."""
    if isinstance(by, Tensor):
        torch._foreach_add_(xs, torch._foreach_mul(ys, by))
    else:
        torch._foreach_add_(xs, ys, alpha=by)


def with_decay(g: Tensors, theta: Tensors, decay: Number) -> Tensors:
    """Gradients with an L2 term, g + λ · θ."""
    if isinstance(decay, Tensor):
        return torch._foreach_add(g, torch._foreach_mul(theta, decay))
    return torch._foreach_add(g, theta, alpha=decay) if decay else g


def lerp_(means: Tensors, xs: Tensors, weight: Number) -> None:
    """Mean + weight · (x − mean), in place."""
    if isinstance(weight, Tensor):
        torch._foreach_add_(means, torch._foreach_mul(torch._foreach_sub(xs, means), weight))
    else:
        torch._foreach_lerp_(means, xs, weight)


class Part:
    """The tensors of a group that have device and dtypes in common; ``rows`` are their indices."""

    def __init__(
        self,
        rows: list[int],
        params: list[Tensor],
        grads: list[Tensor],
        states: list[State],
        fresh: list[bool],
        names: tuple[str, ...],
    ) -> None:
        self.rows, self.device = rows, params[rows[0]].device
        self.fresh = [fresh[i] for i in rows]
        self.params = [real(params[i]) for i in rows]
        self.moments = [[real(states[i][name]) for i in rows] for name in names]
        self.steps = [states[i]["step"].reshape(()) for i in rows if "step" in states[i]]
        tensors = [(params[i], grads[i], *(states[i][name] for name in names)) for i in rows]
        self.can_fuse = self.device.type in FUSED and all(_alike(*row) for row in tensors)

    def step(
        self, update: Update, fused: Fused, grads: list[Tensor], group: dict[str, Any], found_inf: Tensor | None
    ) -> None:
        """One step of all tensors; ``found_inf`` is on their device, and not 0 if the step is to be skipped."""
        t = self._count()
        if not (self.can_fuse and fused(self, grads, t, group, found_inf)):
            self._move(update, [real(g) for g in grads], t, group, found_inf)
        if found_inf is not None and self.steps:
            torch._foreach_sub_(self.steps, [(found_inf != 0).float().to(self.steps[0].device)] * len(self.steps))
        self.fresh = [False] * len(self.fresh)

    def device_counts(self, t: Counts) -> list[Tensor]:
        """The steps of each tensor, on its device; equal counts share a tensor."""
        if not isinstance(t, list):
            return self.steps
        filled = {n: torch.full((), n, dtype=torch.float32, device=self.device) for n in set(t)}
        return [filled[n] for n in t]

    def _count(self) -> Counts:
        """Increment the steps of each tensor."""
        if not self.steps:
            return None
        torch._foreach_add_(self.steps, ONE.to(self.steps[0].device), alpha=1.0)
        counts = torch.stack(self.steps)
        return counts.tolist() if counts.is_cpu else counts

    def _move(
        self, update: Update, grads: list[Tensor], t: Counts, group: dict[str, Any], found_inf: Tensor | None
    ) -> None:
        params, moments = self.params, self.moments
        if found_inf is not None:  # the old values are needed afterwards
            params, moments = [x.clone() for x in params], [[x.clone() for x in column] for column in moments]
        dtype = WIDE[params[0].dtype]
        theta, g = widened(params, dtype), widened(grads, dtype)
        update(self, theta, torch._foreach_neg(g) if group["maximize"] else g, moments, t, group)
        if theta is not params:
            torch._foreach_copy_(params, theta)
        if found_inf is not None:
            for old, new in zip([self.params, *self.moments], [params, *moments], strict=True):
                torch._foreach_copy_(old, [torch.where(found_inf != 0, x, y) for x, y in zip(old, new, strict=True)])


Update: TypeAlias = Callable[[Part, Tensors, Tensors, list[list[Tensor]], Counts, dict[str, Any]], None]
"""A formula on lists: updates parameters and moments in place, given gradients, steps and the group."""

Fused: TypeAlias = Callable[[Part, list[Tensor], Counts, dict[str, Any], Tensor | None], bool]
"""Torch's fused step; returns False if it can't be used with the options of the group."""


def first_step(
    update: Update,
    fused: Fused,
    names: tuple[str, ...],
    params: list[Tensor],
    grads: list[Tensor],
    states: list[State],
    fresh: list[bool],
    group: dict[str, Any],
    found_inf: Tensor | None,
) -> NextStep | None:
    """Take one step; returns a function that takes the next one, or None if the host knows that the step is skipped."""
    if found_inf is not None and found_inf.is_cpu:
        if found_inf.item():
            return None
        found_inf = None
    found: dict[object, list[int]] = {}
    for i, (p, g, state) in enumerate(zip(params, grads, states, strict=True)):
        found.setdefault((p.device, p.dtype, g.dtype, state["step"].device if "step" in state else None), []).append(i)
    parts = [Part(rows, params, grads, states, fresh, names) for rows in found.values()]
    for part in parts:
        skipped = None if found_inf is None else found_inf.to(part.device, non_blocking=True)
        part.step(update, fused, [grads[i] for i in part.rows], group, skipped)

    @torch.no_grad()
    def next_step(_: Any, group: dict[str, Any], moved: bool) -> None:
        for part in parts:
            if moved:
                part.params = [real(params[i]) for i in part.rows]
            part.step(update, fused, [params[i].grad for i in part.rows], group, None)  # type: ignore[misc]

    return next_step


def real(x: Tensor) -> Tensor:
    """A complex tensor as pairs of real numbers, which share its memory."""
    return torch.view_as_real(x.resolve_conj()) if x.is_complex() else x


def widened(xs: list[Tensor], dtype: torch.dtype) -> list[Tensor]:
    """The tensors in the dtype of the computation: the same ones, or copies."""
    if xs[0].dtype is dtype:
        return xs
    copies = [torch.empty_like(x, dtype=dtype) for x in xs]
    torch._foreach_copy_(copies, xs)
    return copies


def _alike(p: Tensor, *others: Tensor) -> bool:
    """Whether all are real, of one dtype, and lie in memory in the same order, without gaps."""
    lies = layout(p)
    same = all(x.dtype is p.dtype and layout(x) == lies for x in others)
    return same and is_dense(lies) and not p.is_complex()
