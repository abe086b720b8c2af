"""What the last step of a group was about, so that the next can ask once for all tensors instead of tensor by tensor.

A plan holds for as long as nothing it was made for has changed; that is looked at before each step, in a few passes of
C loops: about half a microsecond a tensor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

try:
    from torch._C._dynamo.guards import TensorGuards
except ImportError:
    TensorGuards = None  # type: ignore[assignment,misc]

Again: TypeAlias = Callable[[Any, dict[str, Any]], None]
"""What a kernel returns for the next step: it takes the addresses of the tensors, and their group."""

GRAD, STEP, ADDRESS = attrgetter("grad"), itemgetter("step"), Tensor.data_ptr


class Plan:
    """The tensors of a group that one kernel moved, and how it moves them again.

    Args:
        key: which formula, which state, which backend: another key, another plan.
        group: the group.
        params: those of its parameters that have a gradient.
        books: their state.
        moments: the names of what is kept there for each number.
        counts: whether steps are counted there.
        again: the kernel's.
    """

    def __init__(
        self,
        key: object,
        group: dict[str, Any],
        params: list[Tensor],
        books: list[dict[str, Tensor]],
        moments: tuple[str, ...],
        counts: bool,
        again: Again,
    ) -> None:
        self.key, self.params, self.books, self.again = key, params, books, again
        self.idle = [p for p in group["params"] if p.grad is None]
        self.moments = [itemgetter(name) for name in moments]
        self.counts = counts
        grads = [p.grad for p in params if p.grad is not None]
        # While these live no other tensor can come to their addresses.
        self.memory = [book[name].untyped_storage() for book in self.books for name in moments]
        self.seen = identities(map(STEP, self.books)) if counts else identities()
        self.known = self._addresses(grads)[1:].tobytes()
        self.alike = alike(*self.params, *grads)

    def table(self, key: object) -> Any:
        """The addresses as they are now, a column a parameter: gradient, itself, moments; None if the plan is void."""
        if key != self.key:
            return None
        try:
            if self.counts and identities(map(STEP, self.books)).tobytes() != self.seen.tobytes():
                return None
            grads = list(map(GRAD, self.params))
            if not self.alike(*self.params, *grads) or (self.idle and any(p.grad is not None for p in self.idle)):
                return None
            table = self._addresses(grads)
        except (KeyError, TypeError, RuntimeError):  # no such state; no tensor; a tensor without memory
            return None
        return table if table[1:].tobytes() == self.known else None

    def _addresses(self, grads: list[Tensor]) -> Any:
        moments = [map(name, self.books) for name in self.moments]
        flat = np.fromiter(map(ADDRESS, chain(grads, self.params, *moments)), np.int64)
        return flat.reshape(2 + len(moments), -1)


def identities(*objects: Iterable[object]) -> Any:
    """Pointers to objects, which live as long as the array: its bytes are equal where the objects are the same."""
    return np.fromiter(chain(*objects), object)


def alike(*tensors: Tensor) -> Callable[..., bool]:
    """Whether other tensors have the types, dtypes, devices, shapes and strides of these."""
    if TensorGuards is not None:
        sizes, strides = [list(x.shape) for x in tensors], [list(x.stride()) for x in tensors]
        return TensorGuards(*tensors, dynamic_dims_sizes=sizes, dynamic_dims_strides=strides).check  # type: ignore
    known = list(map(_facts, tensors))
    return lambda *others: list(map(_facts, others)) == known


def _facts(x: Tensor | None) -> object:
    if x is None or x.layout != torch.strided:
        return None
    return type(x), x.dtype, x.device, x.shape, x.stride(), x.is_conj(), x.is_neg()
