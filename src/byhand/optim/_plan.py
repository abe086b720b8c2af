"""Plans: what is known of a group's tensors after a step, so that the next step need not check them one by one.

A plan is valid as long as nothing has changed that it was made for. Each step checks this in a few loops that run in C
and take a third of a microsecond per parameter.
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

Addresses: TypeAlias = tuple[Any, bool]
"""The addresses of a plan's tensors, and whether parameters lie elsewhere than at the last step."""

Again: TypeAlias = Callable[[Any, dict[str, Any], bool], None]
"""A function that a kernel returns for the next step.

Its arguments are the addresses of the tensors, the group, and whether parameters lie elsewhere than before.
"""

State: TypeAlias = dict[str, Tensor]

MOST = 4  # plans of a group

NO_GRADIENT = {None}
GRAD, ADDRESS = attrgetter("grad"), Tensor.data_ptr


class Plan:
    """The tensors of a group that one kernel updated, and the kernel's function for the next update.

    Args:
        key: formula, state and backend; a plan is valid only for the same key.
        group: the group.
        params: the parameters of the group that have a gradient.
        states: their states.
        names: the keys of each state: the moments, and ``step`` if steps are counted.
        again: the kernel's function for the next step.
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
        # As long as these references exist, no other tensor can get their addresses.
        self.memory = [state[name].untyped_storage() for name in names for state in states]
        self.alike, self.params_alike = alike(*grads), alike(*params)
        self.tensor_table = (kernels.tensor_table() or TensorTable)(grads, params, states, names)

    def fits(self, key: object) -> list[Tensor] | None:
        """The gradients, if exactly these parameters have one; None if the plan does not fit this step."""
        if key != self.key:
            return None
        try:
            if self.params[0].grad is None:
                return None
            grads = list(map(GRAD, self.params))
            if not self.alike(*grads) or not {*map(GRAD, self.idle)} <= NO_GRADIENT:
                return None
        except (TypeError, RuntimeError):  # no tensor; a tensor without memory
            return None
        return grads

    def refresh(self, grads: list[Tensor]) -> Addresses | None:
        """The current addresses, a column per parameter: gradient, parameter, state; None if the plan is invalid."""
        try:
            addresses: Addresses | None = self.tensor_table.refresh(grads)
            return None if addresses and addresses[1] and not self.params_alike(*self.params) else addresses
        except (KeyError, TypeError, RuntimeError):  # no such state; no tensor; a tensor without memory
            return None


class Plans:
    """The plans of an optimizer by the index of the group, and the tensors and states for which they were made.

    A group has several plans if different parameters have gradients at different steps, or its options alternate.
    """

    def __init__(self) -> None:
        self.of: dict[int, list[Plan]] = {}
        self._objects, self._seen = identities(), b""

    def add(self, i: int, plan: Plan) -> None:
        """Add a plan of a group; beyond ``MOST`` the oldest is removed."""
        self.of[i] = [*self.of.get(i, []), plan][-MOST:]

    def find(self, i: int, key: object) -> tuple[Plan, Addresses] | None:
        """The plan of a group that fits this step, and its addresses; invalid plans are removed."""
        for plan in reversed(self.of.get(i, [])):
            grads = plan.fits(key)
            if grads is not None:
                addresses = plan.refresh(grads)
                if addresses is not None:
                    return plan, addresses
                self.of[i].remove(plan)
        return None

    def remember(self, groups: list[dict[str, Any]], state: dict[Tensor, Any]) -> None:
        """Store which tensors and states the plans were made for."""
        if self.of:
            self._objects, self._seen = self._identities(groups, state)

    def valid_for(self, groups: list[dict[str, Any]], state: dict[Tensor, Any]) -> bool:
        """Whether these are the tensors and states for which the plans were made."""
        return self._identities(groups, state)[1] == self._seen

    @staticmethod
    def _identities(groups: list[dict[str, Any]], state: dict[Tensor, Any]) -> tuple[Any, bytes]:
        """The identities of all objects, and the number in each group, since one may have moved to another group."""
        params = [group["params"] for group in groups]
        objects = identities(state.values(), *params)
        return objects, objects.tobytes() + repr([*map(len, params)]).encode()


class TensorTable:
    """The addresses of a plan's tensors, read one by one; an engine may have a faster table."""

    def __init__(
        self,
        grads: list[Tensor],
        params: Sequence[Tensor],
        states: Sequence[State],
        names: Sequence[str],
    ) -> None:
        self.params, self.states, self.names = params, states, [itemgetter(name) for name in names]
        self.alike, self.seen = alike(*params), self._seen()
        self.known = self._addresses(grads)

    def refresh(self, grads: list[Tensor]) -> Addresses | None:
        """The addresses, a column per parameter: gradient, parameter, state; and whether parameters have moved.

        A parameter moves if its ``.data`` is set to a like tensor. None if anything else but the gradients changed.
        The kernel writes to these addresses, so autograd is told that all but the gradients change in place.
        """
        if self._seen().tobytes() != self.seen.tobytes() or not self.alike(*self.params):
            return None
        table, before = self._addresses(grads), self.known
        grad, param = table[:2] == 0
        if (table[2:] != before[2:]).any() or (grad & ~param).any() or (param & (before[1] != 0)).any():
            return None
        self.known = table
        increment_version([*self.params, *self.seen])
        return table, bool((table[1] != before[1]).any())

    def _seen(self) -> Any:
        return identities(*(map(name, self.states) for name in self.names))

    def _addresses(self, grads: list[Tensor]) -> Any:
        return np.fromiter(map(ADDRESS, chain(grads, self.params, self.seen)), np.int64).reshape(-1, len(grads))


def identities(*objects: Iterable[object]) -> Any:
    """An array of references to objects: two such arrays have equal bytes if the objects are the same."""
    return np.fromiter(chain(*objects), object)
