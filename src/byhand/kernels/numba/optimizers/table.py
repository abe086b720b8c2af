"""What the optimizers share: one call for all tensors of a group, through a table of their addresses.

A column of the table is a parameter: the address of its gradient, its own, those of its moments. The columns lie end
to end in one count of elements, and threads share that count: a large tensor is cut, small ones go together. Cuts fall
on whole blocks, counted from the start of a tensor, so that an element meets the same instructions wherever the pieces
begin, and has the same bits for any number of threads.

Moments in bfloat16 are rounded up or down by chance, up with the probability that keeps the mean: changes under half
an ulp, which rounding to nearest would lose every time, count as often as they should. Chance is a hash of the seed,
the tensor, the step and the element, the same in every run; it has 16 bits for each of two moments.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import torch
from numba import types
from numba.extending import overload
from torch import Tensor

from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.memory import STORED, bits_of, narrow, slice_at, why_not
from byhand.kernels.numba.runtime.openmp import spread
from byhand.kernels.numba.runtime.stores import fetch

BLOCK = 256  # elements: more than one turn of any loop takes
TILE = 64  # elements between two calls for what comes next: as many as a loop takes in one turn
AHEAD = 1024  # bytes; the machine alone looks too short a way ahead where several tensors are read and written
GRAIN = 1 << 15  # elements that are worth a thread

f4, f8, u4, i8 = np.float32, np.float64, np.uint32, np.int64

Row: TypeAlias = tuple[Tensor, ...]
"""A gradient, its parameter, its moments."""

State: TypeAlias = dict[str, Tensor]

Again: TypeAlias = Callable[[Any, dict[str, Any]], None]
"""Takes the next step of the same tensors, given their table and their group."""


def refuses(p: Tensor, *others: Tensor) -> str:
    """Why ``p`` can't move with the others, its gradient and its moments; or ``""``."""
    if reason := why_not(p, *others):
        return reason
    if not torch.is_inference_mode_enabled() and any(x.is_inference() for x in (p, *others[1:])):
        return "torch refuses to change inference tensors outside of inference mode"
    if p.dtype not in STORED or any(x.dtype not in STORED for x in others):
        return f"it takes real floating point, not {' and '.join({str(x.dtype) for x in (p, *others)})}"
    if any(x.dtype is not torch.bfloat16 and (x.dtype is torch.float64) != (p.dtype is torch.float64) for x in others):
        return "it takes float64 only together with float64"
    if any(x.shape != p.shape for x in others):
        return "it takes gradients and moments of their parameter's shape"
    if all(x.is_contiguous() for x in (p, *others)):
        return ""
    layout = _layout(p)
    if any(_layout(x) != layout for x in others):
        return "it takes gradients and moments with the strides of their parameter"
    return "" if _is_dense(layout) else "it takes tensors without gaps and overlaps"


def _layout(x: Tensor) -> list[tuple[int, int]]:
    return [(stride, size) for stride, size in zip(x.stride(), x.shape, strict=True) if size > 1]


def _is_dense(layout: list[tuple[int, int]]) -> bool:
    expected = 1
    for stride, size in sorted(layout):
        if stride != expected:
            return False
        expected *= size
    return True


class Part:
    """The rows of one combination of dtypes."""

    def __init__(self, rows: list[Row], states: list[State], numbers: list[int], columns: list[int] | None) -> None:
        self.columns = columns  # of the table of the group; None: all
        self.zeros = tuple(STORED[x.dtype] for x in rows[0])[:3]  # they stand for the dtypes
        self.compute = np.float64 if rows[0][1].dtype is torch.float64 else np.float32
        self.ends = np.cumsum([row[1].numel() for row in rows], dtype=np.int64)
        self.total = int(self.ends[-1])
        self.grain = self.total + 1 if _share_memory(rows) else GRAIN
        self.counts = [state["step"].detach() for state in states if "step" in state]  # aliases: the memory stays
        self.steps = np.array([step.data_ptr() for step in self.counts], np.int64)
        self.numbers = np.array(numbers, np.int64)
        self.keys = np.zeros(len(rows), np.uint32)
        moments = rows[0][2:]
        self.by_chance = bool(moments) and moments[0].dtype is torch.bfloat16 and len(self.steps) == len(rows)

    def of(self, table: Any) -> Any:
        """These rows of the table of the group."""
        return table if self.columns is None else table[..., self.columns]

    def draw(self, group: dict[str, Any]) -> None:
        """The keys of chance for this step, if the moments are rounded by it."""
        if self.by_chance:
            make_keys(group.get("seed", 0), self.numbers, self.steps, self.keys)

    def share(self, step: Callable[..., None], *arguments: Any) -> None:
        """Call a kernel over all elements, in as many threads as they are worth."""
        spread(step, arguments, self.total, self.grain)


def table_of(
    params: list[Tensor], grads: list[Tensor], states: list[State], moments: tuple[str, ...], numbers: list[int]
) -> tuple[Any, list[Part]]:
    """The table of a group, a column a row of tensors, and its parts by dtypes."""
    rows = [(g, p, *(state[name] for name in moments)) for p, g, state in zip(params, grads, states, strict=True)]
    found: dict[tuple[torch.dtype, ...], list[int]] = {}
    for i, row in enumerate(rows):
        found.setdefault(tuple(x.dtype for x in row), []).append(i)
    parts = [
        Part([rows[i] for i in at], [states[i] for i in at], [numbers[i] for i in at], at if len(found) > 1 else None)
        for at in found.values()
    ]
    return np.array([[x.data_ptr() for x in row] for row in rows], np.int64).T.copy(), parts


def _share_memory(rows: list[Row]) -> bool:
    """Whether two of the tensors that are written overlap: then their order matters, and threads keep none."""
    spans = np.array([(x.data_ptr(), x.numel() * x.element_size()) for row in rows for x in row[1:] if x.numel()])
    if not len(spans):
        return False
    spans = spans[np.argsort(spans[:, 0])]
    return bool((spans[:-1].sum(1) > spans[1:, 0]).any())


@lru_cache(64)
def split(beta: float, single: bool) -> tuple[float, float, float]:
    """β in two parts that add up to it with twice the digits, and 1 − β: the mean of equal numbers is that number.

    The second part is positive: an infinite mean stays infinite.
    """
    near = float(np.nextafter(f4(beta), f4(0))) if single else float(np.nextafter(beta, 0.0))
    return near, beta - near, 1 - beta


@jit()
def rows_of(ends, start, stop):
    """Which rows have elements of number ``start`` to ``stop``: from, to."""
    return row_of(ends, start), row_of(ends, stop - 1) + 1


@jit()
def row_of(ends, element):
    """The first row that ends beyond an element. By hand: ``np.searchsorted`` takes half a second to compile."""
    low, high = 0, ends.size
    while low < high:
        middle = (low + high) // 2
        if ends[middle] > element:
            high = middle
        else:
            low = middle + 1
    return low


@jit()
def cut(ends, row, start, stop):
    """The elements of a row that lie in a piece, by whole blocks: from, to."""
    begin = ends[row - 1] if row > 0 else 0
    size = ends[row] - begin
    low = (max(start - begin, 0) + BLOCK - 1) // BLOCK * BLOCK
    high = (min(stop - begin, size) + BLOCK - 1) // BLOCK * BLOCK
    return min(low, size), min(high, size)


@jit()
def tile_of(address, low, high, zero):
    """The numbers ``low`` to ``high`` of a tensor; those a little further on are called into the cache."""
    tile = slice_at(address, low, high - low, zero)
    fetch(tile, AHEAD)
    return tile


@jit()
def product(a, b):
    """A · b rounded: in a · b + c · d it leaves the compiler no choice which product it contracts with the sum."""
    return a * b


@jit()
def mix(x):
    """A hash of 32 bits (lowbias32 of Wellons' hash prospector)."""
    x = u4(x ^ (x >> u4(16)))
    x = u4(x * u4(0x7FEB352D))
    x = u4(x ^ (x >> u4(15)))
    x = u4(x * u4(0x846CA68B))
    return u4(x ^ (x >> u4(16)))


@kernel()
def make_keys(seed, numbers, steps, keys):
    """The key of chance of each tensor at this step."""
    for r in range(keys.size):
        t = u4(slice_at(steps[r], 0, 1, f4(0))[0])
        keys[r] = mix(u4(mix(u4(mix(u4(seed)) + u4(numbers[r]))) + t))


def keep(x, stored, chance):
    """In a kernel: a number as a moment is stored, a bfloat16 by the lower 16 bits of ``chance``."""
    raise NotImplementedError


@overload(keep, inline="always")
def _keep(x, stored, chance):
    if stored != types.uint16:
        return lambda x, stored, chance: narrow(x, stored)

    def bfloat16(x, stored, chance) -> Any:
        bits = u4(bits_of(f4(x)))
        rounded = u4(bits + (chance & u4(0xFFFF))) >> u4(16)
        return np.uint16(rounded) if x == x else np.uint16(0x7FC0)

    return bfloat16
