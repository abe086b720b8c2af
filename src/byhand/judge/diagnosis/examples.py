"""The executed example of a page: one expression, evaluated by the right program and by the wrong one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from byhand.judge.diagnosis.clinic import Change, Page, program

__all__ = ["example", "shown"]


def example(page: Page, changes: tuple[Change, ...] = ()) -> str:
    """The result of ``page.example`` after ``changes``, with four decimals; or the name of the exception."""
    names = {**program(page.formula, changes), "descend": descend, "tensor": tensor, "torch": torch, "inf": torch.inf}
    try:
        return shown(eval(page.example, names))
    except Exception as error:
        return type(error).__name__


def shown(value: Any) -> str:
    """Numbers with four decimals, 0.9000 or [0.9000, 2.1000]; as 1.23e-05 below 10⁻³ and from 10⁴ on."""
    if isinstance(value, Tensor):
        value = value.detach().tolist()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, bool) or not isinstance(value, float | int):
        return str(value)
    if value and (abs(value) < 1e-3 or abs(value) >= 1e4) and abs(value) != torch.inf:
        return f"{value:.2e}"
    return f"{value + 0:.4f}" if isinstance(value, float) else str(value)


def tensor(values: Any) -> Tensor:
    """Floats as float64; integers and bools unchanged."""
    made = torch.tensor(values)
    return made.double() if made.is_floating_point() else made


def descend(optimizer: Any, start: Sequence[Any], gradients: Sequence[Sequence[Any]], **options: Any) -> list[Any]:
    """θ of each parameter after one step per row of ``gradients``; a row has a gradient, or None, for each parameter.

    ``start`` holds the parameters: numbers, or lists of numbers.
    """
    params = [tensor(value).requires_grad_() for value in start]
    chosen = optimizer(params, **options)
    for row in gradients:
        for theta, g in zip(params, row, strict=True):
            theta.grad = None if g is None else tensor(g).expand_as(theta).clone()
        chosen.step()
    return [theta.detach() for theta in params]
