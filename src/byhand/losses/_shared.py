"""Shared code of the losses: checks of arguments, the dtype to compute in, the choice of a kernel, and 0 · −∞ = 0."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from numbers import Real
from typing import Any, ParamSpec

import torch
from torch import Tensor
from torch.nn import _reduction
from torch.overrides import handle_torch_function, has_torch_function

from byhand import kernels
from byhand._alike import guards
from byhand._check import must_be
from byhand.kernels._address import check_allocated, is_shared

FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


P = ParamSpec("P")


def overridable(loss: Callable[P, Tensor]) -> Callable[P, Tensor]:
    """Make a loss one call to ``__torch_function__`` of subclasses, function modes and ``torch.fx``, as in torch.

    Source: torch.overrides, "Extending PyTorch".
    """

    @functools.wraps(loss)
    def call(*args: P.args, **kwargs: P.kwargs) -> Tensor:
        if has_torch_function((*args, *kwargs.values())):
            return handle_torch_function(call, (*args, *kwargs.values()), *args, **kwargs)
        return loss(*args, **kwargs)

    return call


def check_tensors(of: str, required: dict[str, Any], optional: dict[str, Any] | None = None) -> None:
    """Refuse other objects than tensors, and tensors on different devices; the optional ones may be None."""
    first, *_ = required
    for argument, got in {**required, **(optional or {})}.items():  # before torch 2.7 the compiler has no "|" of dicts
        if got is None and argument not in required:
            continue
        if not isinstance(got, Tensor):
            raise must_be(argument, of, "a Tensor", type(got).__name__, TypeError)
        if got.device != required[first].device:
            raise must_be(argument, of, f"on the device of `{first}`", got.device, RuntimeError)
        if not torch.compiler.is_compiling():
            check_allocated(of, argument, got)


def check_dense(of: str, tensors: dict[str, Any], jagged: bool = False) -> None:
    """Refuse sparse tensors, and nested ones unless they are ``jagged``; torch's losses have no operations for them."""
    for argument, got in tensors.items():
        if (
            got is None
            or (got.layout is torch.strided and not got.is_nested)
            or (jagged and got.layout is torch.jagged)
        ):
            continue
        kind = "a nested tensor" if got.is_nested else f"layout {got.layout}"
        raise must_be(argument, of, "dense or jagged" if jagged else "dense", kind, NotImplementedError)


def check_floating(argument: str, of: str, got: Tensor, error: type[Exception]) -> None:
    """Refuse any dtype outside of :data:`FLOATS`."""
    if got.dtype not in FLOATS:
        raise must_be(argument, of, "float16, bfloat16, float32 or float64", got.dtype, error)


def check_number(argument: str, of: str, got: object, within: str, error: type[Exception]) -> None:
    """Refuse other objects than numbers, and numbers outside of an interval such as ``"[0, 1]"`` or ``"(0, inf)"``."""
    if type(got) is float and got == 0.0 and within[0] == "[":  # the usual case, quickly
        return
    if type(got) is not float and not isinstance(got, Real):
        raise must_be(argument, of, "a number", repr(got), TypeError)
    x, (low, high) = float(got), map(float, within[1:-1].split(","))
    above = x > low if within[0] == "(" else x >= low
    below = x < high if within[-1] == ")" else x <= high
    if not (above and below):  # also for nan
        raise must_be(argument, of, f"in {within}", got, error)


def check_choice(argument: str, of: str, got: object, choices: tuple[str, ...]) -> None:
    """Refuse a value that is not one of ``choices``."""
    if got not in choices:
        raise must_be(argument, of, f"one of {', '.join(map(repr, choices))}", repr(got), ValueError)


def resolved(of: str, size_average: bool | None, reduce: bool | None, reduction: str, *more: str) -> str:
    """The reduction to use: each of the two deprecated arguments overrides ``reduction``, with a warning."""
    if size_average is not None or reduce is not None:
        return _reduction.legacy_get_string(size_average, reduce)
    if reduction == "elementwise_mean":
        _reduction.get_enum(reduction)  # warns that this name is deprecated
        return "mean"
    check_choice("reduction", of, reduction, ("none", "mean", "sum", *more))
    return reduction


def reduced(rows: Tensor, reduction: str, batch: int | None = None) -> Tensor:
    """The reduced loss; ``"batchmean"`` divides the sum by ``batch``, the size of the first dimension."""
    if reduction == "none":
        return rows
    if reduction == "mean":
        return rows.mean()
    return rows.sum() if reduction == "sum" or batch is None else rows.sum() / batch


def autocast(*tensors: Tensor | None) -> list[Any]:
    """The same tensors; under autocast float16 and bfloat16 become float32, as in torch's losses."""

    def cast(x: Tensor | None) -> Tensor | None:
        if x is None or x.dtype not in (torch.float16, torch.bfloat16):
            return x
        return x.float() if autocasts(x) else x

    return [cast(x) for x in tensors]


def autocasts(x: Tensor) -> bool:
    """Whether autocast is enabled on the device of this tensor."""
    device = x.device.type
    return torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device)


def promoted(first: torch.dtype, *tensors: Tensor | None) -> torch.dtype:
    """The promoted dtype of ``first`` and the tensors; with float32 as ``first`` it is the dtype to compute in."""
    return functools.reduce(torch.promote_types, [x.dtype for x in tensors if x is not None], first)


def kernel(name: str, formula: Callable[..., Any], *tensors: Tensor | None) -> Callable[..., Any]:
    """The function that computes ``formula`` for these tensors: a kernel of that name, or the formula itself.

    Under compilation it is the formula, which consists of torch's operations; callers that have an operator use that.
    """
    if torch.compiler.is_compiling():
        return formula
    found = kernels.pick(name, *(x for x in tensors if x is not None))
    return formula if found is None else functools.partial(found, formula)


class Known:
    """A cache of calls that a kernel of this name computed: further calls with like tensors skip the checks.

    Without a name it is a cache of calls that a function of torch's operations and of other losses computed.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: dict[object, tuple[Callable[..., bool], str, Any]] = {}

    def kernel(self, options: Hashable, *tensors: Any) -> Callable[..., Tensor] | None:
        """The kernel of an earlier call with like tensors and the same options; None if there is none to use now."""
        if torch.compiler.is_compiling() or kernels.why_torch_only() or type(tensors[0]) is not Tensor:
            return None
        if _function_modes():
            return None
        try:
            for x in tensors:
                if x.is_nested:  # torch's guards end the process if a tensor has no strides
                    return None
        except AttributeError:  # no tensor
            return None
        alike, backend, kernel = self._calls.get((_key(tensors[0]), len(tensors), options), _UNKNOWN)
        if not alike(*tensors) or kernels.current() != backend:
            return None
        for x in tensors:
            if is_shared(x):
                return None
        return kernel  # type: ignore[no-any-return]

    def remember(self, formula: Callable[..., Any], options: Hashable, *tensors: Tensor, **given: Any) -> None:
        """Store a call whose arguments passed all checks and have a dtype to compute in.

        ``given`` are arguments for the kernel that later callers need not pass.
        """
        if torch.compiler.is_compiling() or not tensors[0].is_cpu:
            return
        if tensors[0].dtype not in (torch.float32, torch.float64):  # whether 16 bits are cast depends on autocast
            return
        if any(x.requires_grad for x in tensors[1:]) and kernels.current() != "auto":
            return  # whether the kernel takes these may depend on the mode of autograd; then it has to say so
        alike = guards(*tensors)
        with torch.enable_grad():  # what a kernel takes here it takes without gradients too
            found = kernels.pick(self._name, *tensors) if self._name else formula
        if found is not None and alike is not None:
            if len(self._calls) >= 64:  # the shapes do not repeat
                self._calls.clear()
            self._calls[_key(tensors[0]), len(tensors), options] = (
                alike,
                kernels.current(),
                functools.partial(found, formula, **given) if self._name else found,
            )


_UNKNOWN: tuple[Callable[..., bool], str, Any] = (lambda *_: False), "", None

# The number of active function modes; 1 if this version of torch does not tell.
_function_modes: Callable[[], int] = getattr(torch._C, "_len_torch_function_stack", lambda: 1)


def _key(x: Tensor) -> object:
    return x.shape, x.dtype, x.requires_grad


def times(a: Tensor, log_p: Tensor) -> Tensor:
    """a · log p, where 0 · −∞ is 0 and has no gradient: a term of weight 0 does not count, also for probability 0."""
    return a * log_p.masked_fill((a == 0) & (log_p == -torch.inf), 0)
