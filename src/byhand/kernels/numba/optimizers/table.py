"""Shared by the optimizers: one kernel call for all tensors of a group, through a table of their addresses.

A column of the table belongs to a parameter, and has the addresses of its gradient, of itself and of its moments. In
comments below, a row is such a group of tensors. The elements of all rows are numbered consecutively, and threads share
this range: a large tensor is divided between threads, small ones are grouped. Tensors are cut at whole blocks, counted
from their start. So the same SIMD instructions compute an element for any number of threads, with the same result.

Moments in bfloat16 are rounded stochastically, up with the probability that keeps the mean. So changes below half an
ulp, which rounding to nearest always loses, are kept on average. The random bits are a hash of the seed, the tensor,
the step and the element, and so the same in every run; there are 16 of them for each of two moments.
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

from byhand.kernels._address import no_address
from byhand.kernels._layout import is_dense, layout
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.memory import STORED, bits_of, narrow, slice_at, why_not
from byhand.kernels.numba.runtime.openmp import run_in_threads
from byhand.kernels.numba.runtime.stores import prefetch

BLOCK = 256  # elements; more than an unrolled SIMD loop processes in one iteration
TILE = 64  # elements between two prefetches; as many as an unrolled SIMD loop processes in one iteration
AHEAD = 1024  # bytes to prefetch ahead; the hardware prefetcher is too late if several tensors are read and written
GRAIN = 1 << 15  # elements that are worth a thread

f4, f8, u4, i8 = np.float32, np.float64, np.uint32, np.int64

Row: TypeAlias = tuple[Tensor, ...]
"""A gradient, its parameter, its moments."""

State: TypeAlias = dict[str, Tensor]

NextStep: TypeAlias = Callable[[Any, dict[str, Any], bool], None]
"""A function that takes the next step of the same tensors.

Its arguments are their table, their group, and whether parameters lie elsewhere than before.
"""


def refuses(p: Tensor, *others: Tensor) -> str:
    """Why the kernel can't take parameter ``p`` with ``others``, its gradient and its moments; or ``""``."""
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
    lies = layout(p)
    if any(layout(x) != lies for x in others):
        return "it takes gradients and moments with the strides of their parameter"
    return "" if is_dense(lies) else "it takes tensors without gaps and overlaps"


def refuses_counted(p: Tensor, *others: Tensor) -> str:
    """As :func:`refuses`; the last tensor counts the steps."""
    *tensors, step = others
    if not torch.is_inference_mode_enabled() and step.is_inference():
        return "torch refuses to change inference tensors outside of inference mode"
    return refuses(p, *tensors) or no_address(step)


class Part:
    """The rows of a group that have the same combination of dtypes."""

    def __init__(self, rows: list[Row], states: list[State], numbers: list[int], columns: list[int] | None) -> None:
        self.columns = columns  # of the group's table; None means all
        self.zeros = tuple(STORED[x.dtype] for x in rows[0])[:3]  # tell the kernel the dtypes
        self.compute = np.float64 if rows[0][1].dtype is torch.float64 else np.float32
        self.ends = np.cumsum([row[1].numel() for row in rows], dtype=np.int64)
        self.total = int(self.ends[-1])
        written_bytes = np.array([[x.numel() * x.element_size() for x in row[1:]] for row in rows], np.int64).T
        self.written = len(written_bytes)  # tensors of a row
        self.filled = written_bytes.ravel().nonzero()[0]
        self.sizes = written_bytes.ravel()[self.filled]
        self.grain = GRAIN
        self.counts = [state["step"].detach() for state in states if "step" in state]  # keep the memory alive
        self.steps = np.array([step.data_ptr() for step in self.counts], np.int64)
        self.numbers = np.array(numbers, np.int64)
        self.keys = np.zeros(len(rows), np.uint32)
        moments = rows[0][2:]
        self.stochastic = bool(moments) and moments[0].dtype is torch.bfloat16 and len(self.steps) == len(rows)

    def look_for_overlaps(self, table: Any) -> None:
        """If two of the written tensors overlap, they must be updated in order, by one thread."""
        starts = self.of(table)[1 : 1 + self.written].ravel()[self.filled]
        order = starts.argsort()
        overlaps = (starts + self.sizes)[order[:-1]] > starts[order[1:]]
        self.grain = self.total + 1 if overlaps.any() else GRAIN

    def of(self, table: Any) -> Any:
        """The columns of these rows in the group's table."""
        return table if self.columns is None else table[..., self.columns]

    def make_keys(self, group: dict[str, Any]) -> None:
        """Compute the keys of the random bits for this step, if moments are rounded stochastically."""
        if self.stochastic:
            make_keys(group.get("seed", 0), self.numbers, self.steps, self.keys)

    def run(self, step: Callable[..., None], *arguments: Any) -> None:
        """Call a kernel over all elements, in threads."""
        run_in_threads(step, arguments, self.total, self.grain)


def table_of(
    params: list[Tensor], grads: list[Tensor], states: list[State], moments: tuple[str, ...], numbers: list[int]
) -> tuple[Any, list[Part]]:
    """The table of a group, one column for each row of tensors; and its parts by dtypes."""
    rows = [(g, p, *(state[name] for name in moments)) for p, g, state in zip(params, grads, states, strict=True)]
    found: dict[tuple[torch.dtype, ...], list[int]] = {}
    for i, row in enumerate(rows):
        found.setdefault(tuple(x.dtype for x in row), []).append(i)
    parts = [
        Part([rows[i] for i in at], [states[i] for i in at], [numbers[i] for i in at], at if len(found) > 1 else None)
        for at in found.values()
    ]
    table = np.array([[x.data_ptr() for x in row] for row in rows], np.int64).T.copy()
    for part in parts:
        part.look_for_overlaps(table)
    return table, parts


@lru_cache(64)
def split(beta: float, single: bool) -> tuple[float, float, float]:
    """β as a sum of two numbers, which doubles the precision; and 1 − β. So the mean of equal numbers is that number.

    The second number is positive, so that an infinite mean stays infinite.
    """
    high = float(np.nextafter(f4(beta), f4(0))) if single else float(np.nextafter(beta, 0.0))
    return high, beta - high, 1 - beta


@jit()
def row_range(ends, start, stop):
    """The range of rows that have elements from ``start`` to ``stop``."""
    return row_of(ends, start), row_of(ends, stop - 1) + 1


@jit()
def row_of(ends, element):
    """The row of an element, by binary search; ``np.searchsorted`` would take half a second to compile."""
    low, high = 0, ends.size
    while low < high:
        middle = (low + high) // 2
        if ends[middle] > element:
            high = middle
        else:
            low = middle + 1
    return low


@jit()
def piece_of_row(ends, row, start, stop):
    """The range of a row's elements that belong to the piece from ``start`` to ``stop``, in whole blocks."""
    first_step = ends[row - 1] if row > 0 else 0
    size = ends[row] - first_step
    low = (max(start - first_step, 0) + BLOCK - 1) // BLOCK * BLOCK
    high = (min(stop - first_step, size) + BLOCK - 1) // BLOCK * BLOCK
    return min(low, size), min(high, size)


@jit()
def tile_of(address, low, high, zero):
    """Elements ``low`` to ``high`` of a tensor; later ones are prefetched."""
    tile = slice_at(address, low, high - low, zero)
    prefetch(tile, AHEAD)
    return tile


@jit()
def rounded_product(a, b):
    """A · b, rounded: in rounded_product(a, b) + c · d, the compiler can only contract c · d with the sum."""
    return a * b


@jit()
def hash32(x):
    """A 32-bit hash (lowbias32, from Wellons' hash prospector)."""
    x = u4(x ^ (x >> u4(16)))
    x = u4(x * u4(0x7FEB352D))
    x = u4(x ^ (x >> u4(15)))
    x = u4(x * u4(0x846CA68B))
    return u4(x ^ (x >> u4(16)))


@kernel()
def make_keys(seed, numbers, steps, keys):
    """Compute for each tensor a hash of the seed, its number and its step count."""
    for r in range(keys.size):
        t = u4(slice_at(steps[r], 0, 1, f4(0))[0])
        keys[r] = hash32(u4(hash32(u4(hash32(u4(seed)) + u4(numbers[r]))) + t))


def store_moment(x, stored, random_bits):
    """In a kernel: x in the stored dtype of a moment; bfloat16 is rounded by the lower 16 bits of ``random_bits``."""
    raise NotImplementedError


@overload(store_moment, inline="always")
def _store_moment(x, stored, random_bits):
    if stored != types.uint16:
        return lambda x, stored, random_bits: narrow(x, stored)

    def bfloat16(x, stored, random_bits) -> Any:
        bits = u4(bits_of(f4(x)))
        rounded = u4(bits + (random_bits & u4(0xFFFF))) >> u4(16)
        return np.uint16(rounded) if x == x else np.uint16(0x7FC0)

    return bfloat16
