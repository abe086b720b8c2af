"""Which kernel computes a cross-entropy, and what it is told: by the number of classes, and by where they lie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from torch import Tensor

from byhand.kernels.numba.losses import columns as _columns
from byhand.kernels.numba.losses import few_classes as _few_classes
from byhand.kernels.numba.losses import rows as _rows
from byhand.kernels.numba.losses.columns import WIDE, share_columns
from byhand.kernels.numba.losses.few_classes import BLOCK, FEW, share_few_classes
from byhand.kernels.numba.losses.rows import share_classes, share_probabilities
from byhand.kernels.numba.runtime.memory import STORED, rows_of

LEAST = 16  # rows of an image that are worth a block


class Options(NamedTuple):
    """What is said of all rows."""

    up_step: int
    each: bool
    ignore: int
    all_weights: float
    z_loss: float
    scale: float
    z_scale: float


class Call(NamedTuple):
    """A kernel, its first arguments, and for how many units of how many rows it is to be called.

    ``apart`` says that it writes the gradient of (N, C, d₁, …), and else that of (rows, C).
    """

    kernel: Callable[..., None]
    arguments: tuple[Any, ...]
    units: int
    unit: int
    scratch: int
    apart: bool
    held: tuple[Tensor, ...]


def call_for(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    eps: float,
    options: Options,
    differentiates: bool,
    in_place: bool,
) -> Call:
    """The call for logits whose classes are the last dimension, wherever they lie.

    Classes as targets are contiguous, their weights too and in the dtype to compute in.
    """
    C, soft = input.shape[-1], target.ndim == input.ndim
    image = None if in_place or C > WIDE else image_steps(input)
    if in_place or (image is None and C > FEW):
        return by_rows(input, target, weight, eps, options)
    plain = not soft and weight is None and not (eps or options.z_loss)
    if plain and image is None and (input.ndim <= 2 or not differentiates):
        return by_few_classes(input, target, options)
    return by_columns(input, target, weight, eps, options, image)


def by_rows(input: Tensor, target: Tensor, weight: Tensor | None, eps: float, options: Options) -> Call:
    """A row at a time."""
    x, w = rows_of(input), None if weight is None else weight.data_ptr()
    (R, C), (up_step, _, ignore, all_weights, *rest) = x.shape, options
    steps, size = (C, x.stride(0), up_step), _rows.scratch_size(C)
    if target.ndim == input.ndim:
        t = rows_of(target)
        last = (*steps, t.stride(0), eps, *rest)
        given = x.data_ptr(), STORED[x.dtype], t.data_ptr(), w, last
        return Call(share_probabilities, given, R, 1, size, False, (x, t))
    of_classes = (*steps, ignore, all_weights, *rest)
    arguments = x.data_ptr(), STORED[x.dtype], target.data_ptr(), w, eps or None, of_classes
    return Call(share_classes, arguments, R, 1, size, False, (x, target))


def by_few_classes(input: Tensor, target: Tensor, options: Options) -> Call:
    """A block of rows at a time, which are turned; without options."""
    x = rows_of(input)
    R, C = x.shape
    last = R, C, x.stride(0), options.up_step, options.ignore, options.each, options.scale
    given = x.data_ptr(), STORED[x.dtype], target.data_ptr(), last
    return Call(share_few_classes, given, -(-R // BLOCK), BLOCK, _few_classes.scratch_size(C), False, (x, target))


def by_columns(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    eps: float,
    options: Options,
    image: tuple[int, int, int] | None,
) -> Call:
    """A block of rows at a time, whose classes lie apart or are turned."""
    R, C, P = input.shape[:-1].numel(), input.shape[-1], input.shape[1:-1].numel()
    images = input.ndim > 2 and P >= LEAST
    P = P if images else R
    x, x_steps = _placed(input, P, image)
    t, t_steps = (None, (0, 0, 0)) if target.ndim < input.ndim else _placed(target, P, image and image_steps(target))
    if t is not None and image is not None and t_steps[2] == 1:  # the logits' classes lie apart, these do not
        t, t_steps = target.movedim(-1, 1).contiguous().movedim(1, -1), (C * P, 1, P)
    steps = P, C, *x_steps, *t_steps, options.up_step
    given = (
        *(x.data_ptr(), STORED[x.dtype]),
        *((target.data_ptr(), None) if t is None else (None, t.data_ptr())),
        *(None if weight is None else weight.data_ptr(), eps or None),
        *(None if image is None else True, True if images else None, steps, tuple(options)[1:]),
    )
    units = R // P * -(-P // BLOCK) if P else 0
    return Call(share_columns, given, units, BLOCK, _columns.scratch_size(C), images, (x, target if t is None else t))


def _placed(x: Tensor, P: int, image: tuple[int, int, int] | None) -> tuple[Tensor, tuple[int, int, int]]:
    """Logits or targets, and the steps between their images of P rows, their rows and their classes."""
    if image is not None:
        return x, image
    x = rows_of(x)
    return x, (P * x.stride(0), x.stride(0), 1)


def image_steps(x: Tensor) -> tuple[int, int, int] | None:
    """From an image to the next, a row and a class, for a view of (N, C, d₁, …) whose classes lie apart; else None."""
    if x.ndim < 3 or x.stride(-1) == 1 or x.shape[1:-1].numel() < LEAST:
        return None
    step = 1
    for size, stride in reversed([*zip(x.shape[1:-1], x.stride()[1:-1], strict=True)]):
        if size > 1 and stride != step:
            return None
        step *= size
    return x.stride(0), 1, x.stride(-1)
