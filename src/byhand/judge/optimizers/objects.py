"""Layers and models that are passed to a program, with tensors and gradients in them."""

from __future__ import annotations

from collections.abc import Sequence

from byhand.judge.optimizers.interfaces import HANDED, Layout
from byhand.judge.session import Ref, Session

KEYS = ("W1", "b1", "W2", "b2", "W3")
"""Names of the tensors where parameters are a dict."""
KEYS_OF_A_LAYER = ("W", "b")
"""The same for each of several layers."""


class Objects:
    """The objects of one run in the form of a layout, and where to read their tensors."""

    def __init__(self, session: Session, layout: Layout, refs: Sequence[Ref], own: str) -> None:
        self.session, self.layout = session, layout
        self.keys = KEYS_OF_A_LAYER if layout.several else KEYS[: layout.each]
        self.rows = [refs[i : i + layout.each] for i in range(0, len(refs), layout.each)]
        self.holders = [own if layout.role == "self" else f"@layer{i}" for i in range(len(self.rows))]
        session.put("@kept", 0.0, "holder")
        for i, row in enumerate(self.rows):
            if layout.role != "self":
                self._made(self.holders[i])
            self._fill(i, row, 0, layout.form)
            self._fill(i, row, 1, layout.gradients)

    def _made(self, holder: str) -> None:
        """Make an object without attributes, of the class that the text selects if the program has it."""
        kind = self.layout.kind
        if not kind or not self.session.call(holder, f"{kind}.__new__", (Ref(kind),)).ok:
            self.session.put(holder, 0.0, "holder")

    def handed_over(self) -> dict[str, object]:
        """The arguments by role; a model is made from the objects first."""
        objects: list[object] = [Ref(holder) for holder in self.holders]
        if self.layout.several:
            objects = self.layout.among(objects, self.session.put("@other", 0.0, "holder"))
        if self.layout.within:
            self.session.put("@model", 0.0, "holder")
            self.session.set(f"@model.{self.layout.within}", objects)
            return {"model": Ref("@model")}
        given: dict[str, object] = {self.layout.role: objects if self.layout.several else objects[0]}
        return given | {"params": objects} if self.layout.several else given

    @property
    def places(self) -> list[str]:
        """Where to read the tensors after a step."""
        if self.layout.form == "method":
            return [f"@kept.tensors{i}" for i in range(len(self.holders))]
        names = [name for name, _ in self.layout.slots]
        return [f"{holder}.{name}" for holder in self.holders for name in names]

    def gradients(self, refs: Sequence[Ref | None]) -> dict[str, object]:
        """Put the gradients of a step into the objects; returns those that are passed as arguments, by role."""
        each = self.layout.each
        rows = [list(refs[i : i + each]) for i in range(0, len(refs), each)]
        if self.layout.handed:
            handed = [tuple(row) if len(row) > 1 else row[0] for row in rows]
            return {"grads": handed if self.layout.several else handed[0]}
        for i, row in enumerate(rows):
            if self.layout.gradients == "attributes":
                for (_, name), ref in zip(self.layout.slots, row, strict=True):
                    self.session.set(f"{self.holders[i]}.{name}", ref)
                continue
            for place, ref in enumerate(row):  # the same list or dict at every step
                key = self.keys[place] if self.layout.gradients == "dict" else place
                self.session.call("@void", f"@kept.gradients{i}.__setitem__", (key, ref))
        return {}

    def _fill(self, i: int, row: Sequence[Ref], side: int, form: str) -> None:
        """Put the tensors (side 0) or places for their gradients (side 1) into an object."""
        names = [slot[side] for slot in self.layout.slots]
        if names[0] == HANDED:
            return
        if form == "attributes":
            for name, ref in zip(names, row, strict=True):
                self.session.set(f"{self.holders[i]}.{name}", ref)
            return
        kept = f"@kept.{('tensors', 'gradients')[side]}{i}"
        self.session.set(kept, dict(zip(self.keys, row, strict=True)) if form == "dict" else list(row))
        self.session.set(f"{self.holders[i]}.{names[0]}", Ref(f"{kept}.copy" if form == "method" else kept))
