"""Python's threads, for work in which Python has a part, and where torch's own can't be had (see ``openmp.py``).

There are as many as torch would use, the caller among them. A task is cut into pieces, and whoever is free takes the
next; the caller takes pieces too, and so never waits for a pool that is busy with another caller, forked away, or shut
down at exit. Kernels release the GIL.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import torch

_lock = threading.Lock()
_pool: ThreadPoolExecutor | None = None
_size = 0


def parallel(piece: Callable[[int, int], object], n: int, grain: int) -> None:
    """Call ``piece(start, stop)`` until range(n) is covered, each piece once, on any thread.

    Args:
        piece: a kernel call on part of the task; the parts must not depend on each other.
        n: the size of the task, in whatever unit ``piece`` counts.
        grain: so many units are worth a thread; less than two grains stay on this one.
    """
    threads = min(torch.get_num_threads(), n // max(grain, 1))
    if threads <= 1:
        if n:
            piece(0, n)
        return
    step = max(grain, -(-n // (4 * threads)))  # more pieces than threads: a thread that was interrupted is overtaken
    starts = iter(range(0, n, step))  # next() on a range is atomic under the GIL
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for start in starts:
                piece(start, min(start + step, n))
        except BaseException as error:
            errors.append(error)

    helpers = [helper for helper in (_submit(work, threads - 1) for _ in range(threads - 1)) if helper is not None]
    work()
    for helper in helpers:
        if not helper.cancel():
            helper.result()
    if errors:
        raise errors[0]


def _submit(work: Callable[[], None], size: int) -> Future[None] | None:
    """Hand ``work`` to the pool, which grows to ``size``; None once the interpreter is going down."""
    global _pool, _size
    with _lock:
        if _pool is None or size > _size:
            _pool, _size = ThreadPoolExecutor(size, "byhand"), size  # the old one ends when its work does
        try:
            return _pool.submit(work)
        except RuntimeError:
            return None


def _forget() -> None:
    """After a fork: the threads stayed in the parent, and the lock may be held by one of them."""
    global _lock, _pool
    _lock, _pool = threading.Lock(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
