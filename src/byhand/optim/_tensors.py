"""In-place arithmetic, the dtypes of a parameter's state, and the local shard of a DTensor."""

from __future__ import annotations

import sys
from typing import Any

import torch
from torch import Tensor

from byhand.kernels._address import no_address
from byhand.kernels._layout import is_dense, layout
from byhand.optim._arguments import Number


def lerp_(mean: Tensor, x: Tensor, weight: Number) -> Tensor:
    """Mean + weight · (x − mean), in place."""
    return mean.lerp_(x, weight.to(mean.dtype) if isinstance(weight, Tensor) else weight)


def add_(x: Tensor, y: Tensor, scale: Number) -> Tensor:
    """X + scale · y, in place."""
    return x.add_(y * scale) if isinstance(scale, Tensor) else x.add_(y, alpha=scale)


def state_dtype(p: Tensor) -> torch.dtype:
    """The dtype of a parameter's state and arithmetic: that of the parameter, but float32 for 16-bit parameters."""
    return torch.float32 if p.dtype in (torch.float16, torch.bfloat16) else p.dtype


def moment_dtype(p: Tensor, group: dict[str, Any]) -> torch.dtype:
    """The dtype of a parameter's moments, by the option ``moments`` of its group."""
    return torch.bfloat16 if group.get("moments") == "bfloat16" and not p.is_complex() else state_dtype(p)


def local(x: Tensor) -> Tensor:
    """The local shard of a DTensor, which shares its memory; any other tensor as it is."""
    distributed = sys.modules.get("torch.distributed.tensor")  # if it is not imported, there are no DTensors
    return x.to_local() if distributed is not None and isinstance(x, distributed.DTensor) else x


def laid_like(p: Tensor, grad: Tensor) -> Tensor:
    """The gradient, copied to the strides of its parameter if they differ: a kernel reads both in the same order."""
    if grad.layout is not torch.strided or grad.shape != p.shape or (grad.is_cpu and no_address(p, grad)):
        return grad
    if grad.stride() == p.stride() or (grad.is_contiguous() and p.is_contiguous()):
        return grad
    return torch.empty_like(p, dtype=grad.dtype).copy_(grad)


def reads_strides(formula: str, p: Tensor) -> bool:
    """Whether torch's operations read a gradient of other strides sooner than it is copied to those of ``p``.

    That is so if they are few, and if ``p`` has gaps, because then the kernel does not take it anyway.
    """
    few = formula in ("sgd", "momentum") and state_dtype(p) is p.dtype
    return few or not (p.is_contiguous() or is_dense(layout(p)))


def placed_like(grad: Tensor, p: Tensor) -> Tensor:
    """The gradient; a DTensor is redistributed to the placements of its parameter."""
    placements = getattr(p, "placements", None)
    if placements is None or getattr(grad, "placements", placements) == placements:
        return grad
    return grad.redistribute(placements=placements)  # type: ignore[attr-defined,no-any-return]


def unscale_(grads: list[Tensor], scale: Tensor) -> None:
    """Divide the gradients by GradScaler's scale, in place: one operation for each device and dtype."""
    alike: dict[tuple[torch.device, torch.dtype], list[Tensor]] = {}
    for g in grads:
        alike.setdefault((g.device, g.dtype), []).append(g)
    for (device, dtype), those in alike.items():
        wide = torch.float64 if dtype in (torch.float64, torch.complex128) else torch.float32
        torch._foreach_mul_(those, scale.to(device, wide, non_blocking=True).reciprocal().to(dtype).reshape(()))
