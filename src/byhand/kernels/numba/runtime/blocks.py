"""Memory for large results, kept for the next: to get it anew from the system takes as long as to fill it.

A block that nobody holds any more is marked as free: the system takes its pages where memory runs short, and not
before. Until then they count as the process's; so no more is kept than was lately in use at once.
"""

from __future__ import annotations

import mmap
import weakref
from collections import deque

import numpy as np
import torch
from torch import Tensor

HUGE_PAGE = 1 << 21
LARGE = 8 * HUGE_PAGE  # what the system's own allocator keeps for itself is smaller
KEPT = 2  # a divergence may have two gradients
LATELY = 4  # requests
CAN_KEEP = hasattr(mmap, "MADV_FREE") and hasattr(mmap, "MADV_HUGEPAGE")

# Each use of these is one call, and so atomic: tensors may die in any thread.
_held: dict[int, int] = {}  # by the identities of blocks in use, their bytes
_kept: list[mmap.mmap] = []  # nobody's; the last used last
_peaks: deque[int] = deque(maxlen=LATELY)  # bytes in use, as of the last requests


def empty(n: int, dtype: torch.dtype) -> Tensor:
    """An uninitialised tensor of n numbers."""
    size = n * dtype.itemsize
    x = _large(size)[0] if size >= LARGE else None
    return torch.empty(n, dtype=dtype) if x is None else x.view(dtype)


def room_for(like: Tensor) -> tuple[Tensor, bool | None]:
    """Room for numbers as of ``like``, contiguous; and True if it is large and its memory has been touched before.

    Then it is to be written past the caches.
    """
    size = like.numel() * like.itemsize
    x, kept = _large(size) if size >= LARGE else (None, False)
    if x is None:
        return torch.empty_like(like, memory_format=torch.contiguous_format), None
    return x.view(like.dtype).view(like.shape), kept or None


def _large(size: int) -> tuple[Tensor | None, bool]:
    """So many bytes, if there is memory of this kind; and whether it has been touched before."""
    block, kept = _block(size) if CAN_KEEP else (None, False)
    if block is None:
        return None, False
    numbers = np.frombuffer(block, np.uint8, size)
    weakref.finalize(numbers, _give_back, block).atexit = False  # once no tensor is left that shares its memory
    return torch.from_numpy(numbers), kept


def release() -> None:
    """Give the system all that is kept."""
    _kept.clear()


def _block(size: int) -> tuple[mmap.mmap | None, bool]:
    """One of about this size and whether it was kept, or else is new; None if there is no memory of this kind."""
    block, size = _take(size), -(-size // HUGE_PAGE) * HUGE_PAGE
    _peaks.append(sum(list(_held.values())) + (size if block is None else len(block)))
    _shrink_to(max(list(_peaks)) - _peaks[-1])  # before there is more
    if block is not None:
        return _hold(block), True
    try:
        block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        block.madvise(mmap.MADV_HUGEPAGE)  # several times faster to touch
    except (OSError, ValueError):
        return None, False
    return _hold(block), False


def _take(size: int) -> mmap.mmap | None:
    """One that was kept, if it fits."""
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
    except (OSError, ValueError):  # a kernel without it: the block goes when this call does
        return
    _kept.append(block)
    _shrink_to(max(list(_peaks), default=0) - sum(list(_held.values())))


def _shrink_to(size: int) -> None:
    """Give the system what was kept longest, until no more than so many bytes are, and few blocks."""
    while len(_kept) > KEPT or sum(map(len, list(_kept))) > size:
        try:
            _kept.pop(0)
        except IndexError:
            return
