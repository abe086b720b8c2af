"""Layers and models that are passed to a program, with tensors and gradients in them."""

from __future__ import annotations

from collections.abc import Sequence

from byhand.judge.optimizers.interfaces import HANDED, Layout
from byhand.judge.session import Ref, Session

KEYS = ("W1", "b1", "W2", "b2", "W3")
"""Names of the tensors where parameters are a dict."""
KEYS_OF_A_LAYER = ("W", "b")
"""The same for each of several layers."""


def _by_layer(row: Sequence[Ref | None]) -> list[list[Ref | None]]:
    """A list with the two tensors of each layer."""
    return [list(row[i : i + 2]) for i in range(0, len(row), 2)]


class Objects:
    """The objects of one run in the form of a layout, and where to read their tensors."""

    def __init__(self, session: Session, layout: Layout, refs: Sequence[Ref], own: str) -> None:
        self.session, self.layout, self.refs = session, layout, refs
        usual = KEYS_OF_A_LAYER if layout.several else KEYS[: layout.each]
        self.keys = (layout.keys or usual, layout.gradient_keys or layout.keys or usual)
        """The keys of dicts of tensors, and of gradients."""
        self.rows = [refs[i : i + layout.each] for i in range(0, len(refs), layout.each)]
        self.holders = [own if layout.role == "self" else f"@layer{i}" for i in range(len(self.rows))]
        session.put("@kept", 0.0, "holder")
        for i, row in enumerate(self.rows):
            if layout.role != "self":
                self._made(i)
            self._fill(i, row, 0, layout.form)
            self._fill(i, row, 1, layout.gradients)

    def _made(self, i: int) -> None:
        """Make an object of the class that the text selects, if it is there, with the further attributes it needs."""
        kind, holder = self.layout.kind, self.holders[i]
        if self.layout.form == "items":
            self.session.set(f"@kept.items{i}", {})
            return
        if not kind or not self.session.call(holder, f"{kind}.__new__", (Ref(kind),)).ok:
            self.session.put(holder, 0.0, "holder")
        for name, value in self.layout.flags:
            self.session.set(f"{holder}.{name}", value)

    def handed_over(self) -> dict[str, object]:
        """The arguments by role; a model is made from the objects first."""
        items = self.layout.form == "items"
        objects: list[object] = [Ref(f"@kept.items{i}" if items else one) for i, one in enumerate(self.holders)]
        if self.layout.several:
            objects = self.layout.among(objects, self.session.put("@other", 0.0, "holder"))
        if self.layout.within:
            self.session.put("@model", 0.0, "holder")
            self.session.set("@kept.listed", objects)
            listed = Ref("@kept.listed.copy" if self.layout.called else "@kept.listed")
            self.session.set(f"@model.{self.layout.within}", listed)
            return {"model": Ref("@model")}
        given: dict[str, object] = {self.layout.role: objects if self.layout.several else objects[0]}
        return given | {"params": objects} if self.layout.several else given

    @property
    def places(self) -> list[str]:
        """Where to read the tensors after a step."""
        match self.layout.form:
            case "method":
                return [f"@kept.tensors{i}" for i in range(len(self.holders))]
            case "pairs":
                return [ref.name for ref in self.refs]
            case "items":
                return [self._item(i, name) for i in range(len(self.holders)) for name, _ in self.layout.slots]
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
            if self.layout.gradients == "pairs":
                self._pairs(i, row)
            elif self.layout.gradients in ("attributes", "items"):
                for (_, name), ref in zip(self.layout.slots, row, strict=True):
                    self._set(i, name, ref)
            elif self.layout.nested:
                for place, part in enumerate(_by_layer(row)):
                    self.session.call("@void", f"@kept.gradients{i}.__setitem__", (place, part))
            else:
                for place, ref in enumerate(row):  # the same list or dict at every step
                    key = self.keys[1][place] if self.layout.gradients == "dict" else place
                    self.session.call("@void", f"@kept.gradients{i}.__setitem__", (key, ref))
        return {}

    def _pairs(self, i: int, row: Sequence[Ref | None]) -> None:
        """Put the pairs of tensors and gradients of a step where the text reads them."""
        held = {"params": self.rows[i], "grads": row, "key": self.keys[0]}
        pairs = [tuple(held[role][place] for role in self.layout.order) for place in range(len(row))]
        self.session.set(f"@kept.pairs{i}", pairs)
        self._set(i, self.layout.slots[0][0], Ref(f"@kept.pairs{i}.copy" if self.layout.called else f"@kept.pairs{i}"))

    def _set(self, i: int, name: str, value: Ref | None) -> None:
        """Set an attribute of an object, or an item if the object is a dict."""
        if self.layout.form == "items":
            self.session.call("@void", f"@kept.items{i}.__setitem__", (name, value))
        else:
            self.session.set(f"{self.holders[i]}.{name}", value)

    def _item(self, i: int, name: str) -> str:
        """The name in the session of an item of a dict."""
        self.session.call(f"@item{i}{name}", f"@kept.items{i}.__getitem__", (name,))
        return f"@item{i}{name}"

    def _fill(self, i: int, row: Sequence[Ref], side: int, form: str) -> None:
        """Put the tensors (side 0) or places for their gradients (side 1) into an object."""
        names = [slot[side] for slot in self.layout.slots]
        if names[0] == HANDED or form == "pairs":
            return
        if form in ("attributes", "items"):
            for name, ref in zip(names, row, strict=True):
                self._set(i, name, ref)
            return
        kept = f"@kept.{('tensors', 'gradients')[side]}{i}"
        content = _by_layer(row) if self.layout.nested else list(row)
        self.session.set(kept, dict(zip(self.keys[side], row, strict=True)) if form == "dict" else content)
        self.session.set(f"{self.holders[i]}.{names[0]}", Ref(f"{kept}.copy" if form == "method" else kept))
