"""Reuses the memory of large results: new pages from the system take as long as writing the result.

When the last tensor of a block dies, the block is marked as free (``MADV_FREE``): the system takes its pages only if
memory runs short. Until then they count as memory of the process, so no more is kept than was recently in use at once.
"""

from __future__ import annotations

import mmap
import weakref
from collections import deque

import numpy as np
import torch
from torch import Tensor

HUGE_PAGE = 1 << 21
LARGE = 8 * HUGE_PAGE  # bytes from which a result gets a block; the C library itself reuses smaller ones
KEPT = 2  # unused blocks that are kept at most; a divergence may have two gradients
RECENT = 4  # requests that count as recent
CAN_KEEP = hasattr(mmap, "MADV_FREE") and hasattr(mmap, "MADV_HUGEPAGE")

# Tensors may die in any thread. Each access to these is one call of C code, which the GIL makes atomic.
_held: dict[int, int] = {}  # blocks in use: id(block) to its bytes
_kept: list[mmap.mmap] = []  # unused blocks, the most recently used last
_peaks: deque[int] = deque(maxlen=RECENT)  # bytes in use at each of the recent requests


def empty(n: int, dtype: torch.dtype) -> Tensor:
    """An uninitialised tensor of n elements."""
    size = n * dtype.itemsize
    x = _large(size)[0] if size >= LARGE else None
    return torch.empty(n, dtype=dtype) if x is None else x.view(dtype)


def output_like(like: Tensor) -> tuple[Tensor, bool | None]:
    """An uninitialised contiguous tensor of the shape and dtype of ``like``, and whether to use non-temporal stores.

    That is True for a large tensor whose memory has been written before, and else None.
    """
    size = like.numel() * like.itemsize
    x, kept = _large(size) if size >= LARGE else (None, False)
    if x is None:
        return torch.empty_like(like, memory_format=torch.contiguous_format), None
    return x.view(like.dtype).view(like.shape), kept or None


def _large(size: int) -> tuple[Tensor | None, bool]:
    """A block of ``size`` bytes, or None if there is no such memory; and whether it has been written before."""
    block, kept = _block(size) if CAN_KEEP else (None, False)
    if block is None:
        return None, False
    numbers = np.frombuffer(block, np.uint8, size)
    weakref.finalize(numbers, _give_back, block).atexit = False  # runs when the last tensor that shares it dies
    return torch.from_numpy(numbers), kept


def release() -> None:
    """Return all unused blocks to the system."""
    _kept.clear()


def _block(size: int) -> tuple[mmap.mmap | None, bool]:
    """A block of about this size, or None if the system gives none; and whether it is a kept one."""
    block, size = _take(size), -(-size // HUGE_PAGE) * HUGE_PAGE
    _peaks.append(sum(list(_held.values())) + (size if block is None else len(block)))
    _shrink_to(max(list(_peaks)) - _peaks[-1])  # before new memory is taken
    if block is not None:
        return _hold(block), True
    try:
        block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        block.madvise(mmap.MADV_HUGEPAGE)  # several times faster to touch
    except (OSError, ValueError):
        return None, False
    return _hold(block), False


def _take(size: int) -> mmap.mmap | None:
    """A kept block that fits, or None."""
    for _ in range(len(_kept)):
        try:
            block = _kept.pop()
        except IndexError:
            break
        if size <= len(block) <= 2 * size:
            return block
        _kept.insert(0, block)
    return None


def _hold(block: mmap.mmap) -> mmap.mmap:
    _held[id(block)] = len(block)
    return block


def _give_back(block: mmap.mmap) -> None:
    _held.pop(id(block), None)
    try:
        block.madvise(mmap.MADV_FREE)
    except (OSError, ValueError):  # the system has no MADV_FREE: the block is released when this function returns
        return
    _kept.append(block)
    _shrink_to(max(list(_peaks), default=0) - sum(list(_held.values())))


def _shrink_to(size: int) -> None:
    """Return the oldest unused blocks to the system, until at most ``size`` bytes and ``KEPT`` blocks are left."""
    while len(_kept) > KEPT or sum(map(len, list(_kept))) > size:
        try:
            _kept.pop(0)
        except IndexError:
            return
