"""What the constructors check, and how hyperparameters that are tensors are read."""

from __future__ import annotations

from numbers import Real
from typing import TypeAlias

import torch
from torch import Tensor

from byhand._check import must_be

Number: TypeAlias = float | Tensor
"""A hyperparameter: a number, or a tensor of one element, which stays on its device."""


def check_lr(lr: Number, of: str) -> None:
    """Refuse a learning rate below 0 or of several elements."""
    check_scalar("lr", lr, of)
    if not lr >= 0.0:
        raise must_be("lr", of, "at least 0", lr, ValueError)


def check_number(argument: str, value: object, of: str) -> None:
    """Refuse what is neither a number nor a tensor."""
    if not isinstance(value, Real | Tensor):
        raise must_be(argument, of, "a number or a tensor", repr(value), TypeError)


def check_scalar(argument: str, value: Number, of: str) -> None:
    """Refuse a tensor of several elements."""
    check_number(argument, value, of)
    if isinstance(value, Tensor) and value.numel() != 1:
        raise must_be(argument, of, "a number or a tensor of 1 element", f"shape {tuple(value.shape)}", ValueError)


def check_at_least_0(argument: str, value: Number, of: str) -> None:
    """Refuse a negative number, and nan."""
    check_number(argument, value, of)
    if not value >= 0.0:
        raise must_be(argument, of, "at least 0", value, ValueError)


def check_flags(of: str, foreach: bool | None, fused: bool | None, differentiable: bool) -> None:
    """Refuse the combinations that torch refuses; alone, ``foreach`` and ``fused`` change nothing here."""
    if fused and differentiable:
        raise must_be("fused", of, "False where `differentiable` is True", fused, RuntimeError)
    if fused and foreach:
        raise must_be("fused", of, "False where `foreach` is True", fused, RuntimeError)


def scalar(x: Number, like: Tensor) -> Number:
    """A hyperparameter for arithmetic with ``like``: a number as it is, a tensor without dimensions on its device.

    A tensor on the host that needs no gradient becomes a number: reading it costs nothing, and numbers are exact.
    """
    if not isinstance(x, Tensor):
        return x
    if x.device.type == "cpu" and not x.requires_grad and not torch.compiler.is_compiling():
        return x.item()
    return x.reshape(()).to(like.device, non_blocking=True)


def check_moments(of: str, moments: str | None) -> None:
    """Refuse what no moment can be stored in."""
    if moments not in (None, "bfloat16"):
        raise must_be("moments", of, "None or 'bfloat16'", repr(moments), ValueError)
