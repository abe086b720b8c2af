"""Chooses the kernel of a cross-entropy, and its arguments, by the number of classes and the memory layout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from torch import Tensor

from byhand.kernels.numba.losses import block as _block
from byhand.kernels.numba.losses import few_classes as _few_classes
from byhand.kernels.numba.losses import rows as _rows
from byhand.kernels.numba.losses.block import WIDE
from byhand.kernels.numba.losses.columns import parallel_columns
from byhand.kernels.numba.losses.few_classes import BLOCK, FEW, parallel_few_classes
from byhand.kernels.numba.losses.rows import parallel_classes, parallel_probabilities
from byhand.kernels.numba.runtime.memory import STORED, as_rows

MIN_PIXELS = 16  # pixels of an image that are worth a block


class Options(NamedTuple):
    """The options of a call, for all rows."""

    up_step: int
    """1: each row has its own upstream gradient; 0: all have the same."""
    each: bool
    """Whether to write the loss of each row, as with ``reduction="none"``."""
    ignore: int
    all_weights: float
    """The sum of the class weights."""
    z_loss: float
    scale: float
    """Factor of the sum of the losses."""
    z_scale: float
    """Factor of the sum of the z-losses."""


class Call(NamedTuple):
    """A kernel and its arguments."""

    kernel: Callable[..., None]
    arguments: tuple[Any, ...]
    """The first arguments: all that describe the inputs."""
    units: int
    """The size of the task: rows or blocks of rows."""
    unit: int
    """Rows in a unit."""
    scratch: int
    """Numbers in the scratch memory of a thread."""
    channels_first: bool
    """Whether the kernel writes the gradient as (N, C, d₁, …); else as (rows, C)."""
    keep_alive: tuple[Tensor, ...]
    """Tensors that must live until the kernel returns."""


def call_for(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    eps: float,
    options: Options,
    differentiates: bool,
    in_place: bool,
) -> Call:
    """The call for logits whose last dimension is the classes, with any strides.

    Class indices as targets are contiguous. Class weights are contiguous, and in the compute dtype.
    """
    C, soft = input.shape[-1], target.is_floating_point()
    image_strides = None if in_place or C > WIDE else channels_first_strides(input)
    soft_image = soft and not in_place and C <= WIDE and channels_first_strides(target) is not None
    if in_place or (image_strides is None and C > FEW and not soft_image):
        return by_rows(input, target, weight, eps, options)
    plain = not soft and weight is None and not (eps or options.z_loss)
    if plain and image_strides is None and (input.ndim <= 2 or not differentiates):
        return by_few_classes(input, target, options)
    return by_columns(input, target, weight, eps, options, image_strides)


def by_rows(input: Tensor, target: Tensor, weight: Tensor | None, eps: float, options: Options) -> Call:
    """One row at a time."""
    x, w = as_rows(input), None if weight is None else weight.data_ptr()
    (R, C), (up_step, _, ignore, all_weights, *rest) = x.shape, options
    steps, size = (C, x.stride(0), up_step), _rows.scratch_size(C)
    if target.is_floating_point():
        t = as_rows(target)
        last = (*steps, t.stride(0), eps, *rest)
        given = x.data_ptr(), STORED[x.dtype], t.data_ptr(), w, last
        return Call(parallel_probabilities, given, R, 1, size, False, (x, t))
    of_classes = (*steps, ignore, all_weights, *rest)
    arguments = x.data_ptr(), STORED[x.dtype], target.data_ptr(), w, eps or None, of_classes
    return Call(parallel_classes, arguments, R, 1, size, False, (x, target))


def by_few_classes(input: Tensor, target: Tensor, options: Options) -> Call:
    """One block of rows at a time, which is transposed; without options."""
    x = as_rows(input)
    R, C = x.shape
    last = R, C, x.stride(0), options.up_step, options.ignore, options.each, options.scale
    given = x.data_ptr(), STORED[x.dtype], target.data_ptr(), last
    return Call(parallel_few_classes, given, -(-R // BLOCK), BLOCK, _few_classes.scratch_size(C), False, (x, target))


def by_columns(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    eps: float,
    options: Options,
    image_strides: tuple[int, int, int] | None,
) -> Call:
    """One block of rows at a time, which is stored channels-first or is transposed."""
    R, C, P = input.shape[:-1].numel(), input.shape[-1], input.shape[1:-1].numel()
    is_image = input.ndim > 2 and P >= MIN_PIXELS
    P = P if is_image else R
    x, x_steps = _with_strides(input, P, image_strides)
    soft = target.is_floating_point()
    t_strides = channels_first_strides(target) if soft and is_image else None
    t, t_steps = _with_strides(target, P, t_strides) if soft else (None, (0, 0, 0))
    steps = P, C, *x_steps, *t_steps, options.up_step
    given = (
        *(x.data_ptr(), STORED[x.dtype]),
        *((target.data_ptr(), None) if t is None else (None, t.data_ptr())),
        *(None if weight is None else weight.data_ptr(), eps or None),
        *(None if image_strides is None else True, None if t_strides is None else True, True if is_image else None),
        *(steps, tuple(options)[1:]),
    )
    units = R // P * -(-P // BLOCK) if P else 0
    return Call(
        parallel_columns, given, units, BLOCK, _block.scratch_size(C), is_image, (x, target if t is None else t)
    )


def _with_strides(x: Tensor, P: int, image_strides: tuple[int, int, int] | None) -> tuple[Tensor, tuple[int, int, int]]:
    """Logits or targets, and their strides from one image of P rows to the next, one row and one class."""
    if image_strides is not None:
        return x, image_strides
    x = as_rows(x)
    return x, (P * x.stride(0), x.stride(0), 1)


def channels_first_strides(x: Tensor) -> tuple[int, int, int] | None:
    """The strides of images, pixels and classes, if ``x`` is a channels-last view of a channels-first tensor.

    None for any other tensor, and for images of few pixels.
    """
    if x.ndim < 3 or x.stride(-1) == 1 or x.shape[1:-1].numel() < MIN_PIXELS:
        return None
    step = 1
    for size, stride in reversed([*zip(x.shape[1:-1], x.stride()[1:-1], strict=True)]):
        if size > 1 and stride != step:
            return None
        step *= size
    return x.stride(0), 1, x.stride(-1)
