"""Merges the states of all ranks of ``torch.distributed``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, Self, TypeVar

import numpy as np

from byhand._check import must_be


class State(Protocol):
    """A state that can be sent and merged."""

    def to_bytes(self) -> bytes:
        """The state as bytes."""

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The state of these bytes."""

    def merge(self, other: Any) -> None:
        """Add another state."""


S = TypeVar("S", bound=State)


def all_merge(state: S, process_group: Any = None) -> S:
    """The state of the rows of all ranks, on every rank. ``state`` itself is left as it is.

    Ranks merge in pairs, log₂ ranks times, and the last sends the result to all: each rank sends and receives at most
    the bytes of two states, which do not grow with the number of rows. All ranks must call this together; a rank
    without rows calls it with an empty state. Without more than one rank, it is ``state``.

    Args:
        state: a :class:`Ranking`, :class:`GroupAuc`, :class:`Probabilities`, :class:`Scores` or :class:`Paired`.
        process_group: as in ``torch.distributed``; None for all ranks.

    Raises:
        ValueError: the states can't be merged, on all ranks alike.
    """
    import torch.distributed as dist

    if not (dist.is_available() and dist.is_initialized()) or dist.get_world_size(process_group) == 1:
        return state
    if not hasattr(state, "to_bytes"):
        raise must_be("state", "all_merge", "a state of byhand.evaluate", type(state).__name__, ValueError)
    part = state.partial() if hasattr(state, "partial") else state
    merged = type(state).from_bytes(_merged(part.to_bytes(), _joined_by(type(state)), process_group))
    return state.with_rows(merged) if hasattr(state, "with_rows") else merged


def _joined_by(kind: type[State]) -> Callable[[bytes, bytes], bytes]:
    def joined(mine: bytes, theirs: bytes) -> bytes:
        state = kind.from_bytes(mine)
        state.merge(kind.from_bytes(theirs))
        return state.to_bytes()

    return joined


def _merged(data: bytes, joined: Callable[[bytes, bytes], bytes], group: Any) -> bytes:
    """The bytes of all ranks, joined in pairs; an error on one rank is raised on all."""
    import torch.distributed as dist

    rank, world = dist.get_rank(group), dist.get_world_size(group)
    error, step = "", 1
    while step < world:
        if rank % (2 * step) == step:
            _send(error.encode() or data, bool(error), rank - step, group)
            break
        if rank % (2 * step) == 0 and rank + step < world:
            theirs, failed = _receive(rank + step, group)
            try:
                error = error or (theirs.decode() if failed else "")
                data = data if error else joined(data, theirs)
            except ValueError as trouble:
                error = str(trouble)
        step *= 2
    data, failed = _broadcast(error.encode() or data, bool(error), rank, group)
    if failed:
        raise ValueError(data.decode())
    return data


def _device(group: Any) -> Any:
    import torch
    import torch.distributed as dist

    return torch.device("cuda", torch.cuda.current_device()) if "nccl" in dist.get_backend(group) else "cpu"


def _send(data: bytes, failed: bool, to: int, group: Any) -> None:
    import torch
    import torch.distributed as dist

    device, peer = _device(group), to if group is None else dist.get_global_rank(group, to)
    dist.send(torch.tensor([len(data), failed], device=device), peer, group)
    if data:
        dist.send(torch.from_numpy(np.frombuffer(data, np.uint8).copy()).to(device), peer, group)


def _receive(source: int, group: Any) -> tuple[bytes, bool]:
    import torch
    import torch.distributed as dist

    device, peer = _device(group), source if group is None else dist.get_global_rank(group, source)
    head = torch.empty(2, dtype=torch.int64, device=device)
    dist.recv(head, peer, group)
    size, failed = head.tolist()
    content = torch.empty(size, dtype=torch.uint8, device=device)
    if size:
        dist.recv(content, peer, group)
    return content.cpu().numpy().tobytes(), bool(failed)


def _broadcast(data: bytes, failed: bool, rank: int, group: Any) -> tuple[bytes, bool]:
    """The bytes of rank 0, on all ranks."""
    import torch
    import torch.distributed as dist

    device, source = _device(group), 0 if group is None else dist.get_global_rank(group, 0)
    head = torch.tensor([len(data), failed], device=device)
    dist.broadcast(head, source, group)
    size, failed_there = head.tolist()
    if rank == 0:
        content = torch.from_numpy(np.frombuffer(data, np.uint8).copy()).to(device)
    else:
        content = torch.empty(size, dtype=torch.uint8, device=device)
    dist.broadcast(content, source, group)
    return content.cpu().numpy().tobytes(), bool(failed_there)
