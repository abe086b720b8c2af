"""Python's threads, for work that is partly in Python, and where torch's own can't be used (see ``openmp.py``).

There are as many as torch would use, including the calling thread. A task is cut into pieces, and each free thread
takes the next one. The calling thread works too, so the task finishes even if the pool is busy with another caller,
was lost in a fork, or is shut down at exit. Kernels release the GIL.
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
    """Call ``piece(start, stop)`` once for each piece of range(n), on any thread.

    Args:
        piece: calls a kernel on a part of the task; the parts must be independent of each other.
        n: the size of the task, in any unit.
        grain: how many units are worth a thread; below two grains the calling thread does everything.
    """
    threads = min(torch.get_num_threads(), n // max(grain, 1))
    if threads <= 1:
        if n:
            piece(0, n)
        return
    step = max(grain, -(-n // (4 * threads)))  # more pieces than threads, so that an interrupted thread delays one only
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
    """Submit ``work`` to the pool, which grows to ``size``; None if the interpreter is shutting down."""
    global _pool, _size
    with _lock:
        if _pool is None or size > _size:
            _pool, _size = ThreadPoolExecutor(size, "byhand"), size  # the old pool ends with its work
        try:
            return _pool.submit(work)
        except RuntimeError:
            return None


def _reset_after_fork() -> None:
    """After a fork: the pool's threads exist in the parent only, and one of them may hold the lock."""
    global _lock, _pool
    _lock, _pool = threading.Lock(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset_after_fork)
