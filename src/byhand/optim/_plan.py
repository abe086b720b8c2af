"""What the last step of a group was about, so that the next can ask once for all tensors instead of tensor by tensor.

A plan holds for as long as nothing it was made for has changed; that is looked at before each step, in a few passes of
C loops: a third of a microsecond a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, TypeAlias

import numpy as np
from torch import Tensor
from torch.autograd.graph import increment_version

from byhand import kernels
from byhand._alike import alike

Again: TypeAlias = Callable[[Any, dict[str, Any]], None]
"""What a kernel returns for the next step: it takes the addresses of the tensors, and their group."""

State: TypeAlias = dict[str, Tensor]

TURNS = 4  # plans of a group

GRAD, ADDRESS = attrgetter("grad"), Tensor.data_ptr


class Plan:
    """The tensors of a group that one kernel moved, and how it moves them again.

    Args:
        key: which formula, which state, which backend: another key, another plan.
        group: the group.
        params: those of its parameters that have a gradient.
        states: their states.
        names: of what is kept there: the moments, and ``step`` where steps are counted.
        again: the kernel's.
    """

    def __init__(
        self,
        key: object,
        group: dict[str, Any],
        params: list[Tensor],
        states: list[State],
        names: tuple[str, ...],
        again: Again,
    ) -> None:
        self.key, self.params, self.states, self.again = key, params, states, again
        self.idle = [p for p in group["params"] if p.grad is None]
        grads = [p.grad for p in params if p.grad is not None]
        # While these live no other tensor can come to their addresses.
        self.memory = [state[name].untyped_storage() for name in names for state in states]
        self.alike = alike(*grads)
        self.tensor_table = (kernels.tensor_table() or TensorTable)(grads, params, states, names)

    def fits(self, key: object) -> list[Tensor] | None:
        """The gradients, if these parameters have some and no others; None if it is not the plan's turn."""
        if key != self.key:
            return None
        try:
            grads = list(map(GRAD, self.params))
            if not self.alike(*grads) or (self.idle and any(p.grad is not None for p in self.idle)):
                return None
        except (TypeError, RuntimeError):  # no tensor; a tensor without memory
            return None
        return grads

    def refresh(self, grads: list[Tensor]) -> Any:
        """The addresses now, a column a parameter: gradient, itself, its state; None if the plan is void."""
        try:
            return self.tensor_table.refresh(grads)
        except (KeyError, TypeError, RuntimeError):  # no such state; no tensor; a tensor without memory
            return None


class Plans:
    """The plans of an optimizer, by the number of the group, and which tensors and states there were.

    A group has several where its gradients or options take turns: this parameter has none now, then that.
    """

    def __init__(self) -> None:
        self.of: dict[int, list[Plan]] = {}
        self._objects, self._seen = identities(), b""

    def add(self, i: int, plan: Plan) -> None:
        """One more for a group; the oldest goes."""
        self.of[i] = [*self.of.get(i, []), plan][-TURNS:]

    def find(self, i: int, key: object) -> tuple[Plan, Any] | None:
        """The plan of a group whose turn it is, and its table; those that turn out to be void go."""
        for plan in reversed(self.of.get(i, [])):
            grads = plan.fits(key)
            if grads is not None:
                table = plan.refresh(grads)
                if table is not None:
                    return plan, table
                self.of[i].remove(plan)
        return None

    def hold_for(self, groups: list[dict[str, Any]], state: dict[Tensor, Any]) -> None:
        """What they were made for."""
        if self.of:
            self._objects, self._seen = self._identities(groups, state)

    def held_for(self, groups: list[dict[str, Any]], state: dict[Tensor, Any]) -> bool:
        """Whether it is that."""
        return self._identities(groups, state)[1] == self._seen

    @staticmethod
    def _identities(groups: list[dict[str, Any]], state: dict[Tensor, Any]) -> tuple[Any, bytes]:
        """Which objects there are; and how many in each group, since one may have moved to its neighbour."""
        params = [group["params"] for group in groups]
        objects = identities(state.values(), *params)
        return objects, objects.tobytes() + repr([*map(len, params)]).encode()


class TensorTable:
    """What an engine's has of tensors, asked of one after the other."""

    def __init__(
        self,
        grads: list[Tensor],
        params: Sequence[Tensor],
        states: Sequence[State],
        names: Sequence[str],
    ) -> None:
        self.params, self.states, self.names = params, states, [itemgetter(name) for name in names]
        self.alike, self.seen = alike(*params), self._seen()
        self.known = self._addresses(grads)[1:].tobytes()

    def refresh(self, grads: list[Tensor]) -> Any:
        """The addresses, a column a parameter: gradient, itself, its state; None if any but gradients changed.

        Whoever gets them writes there: all but the gradients count as changed in place.
        """
        if self._seen().tobytes() != self.seen.tobytes() or not self.alike(*self.params):
            return None
        table = self._addresses(grads)
        if table[1:].tobytes() != self.known or (table[0] == 0)[table[1] != 0].any():
            return None
        increment_version([*self.params, *self.seen])
        return table

    def _seen(self) -> Any:
        return identities(*(map(name, self.states) for name in self.names))

    def _addresses(self, grads: list[Tensor]) -> Any:
        return np.fromiter(map(ADDRESS, chain(grads, self.params, self.seen)), np.int64).reshape(-1, len(grads))


def identities(*objects: Iterable[object]) -> Any:
    """Pointers to objects, which live as long as the array: its bytes are equal where the objects are the same."""
    return np.fromiter(chain(*objects), object)
