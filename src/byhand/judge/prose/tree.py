"""A formula as a tree: sums, products, powers, roots, symbols with their scripts, and what is stated equal to what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Node", "Statement", "Unreadable"]


class Unreadable(ValueError):
    """The text is no formula that is understood here."""


@dataclass(frozen=True)
class Node:
    """A part of a formula.

    Kinds: "number"; "symbol"; "sum of", its parts added; "minus"; "product"; "quotient"; "power"; "root"; "size", |x|;
    "call" of a function; "total", a Σ or ∫ over its part, or a mean; "gradient".
    """

    kind: str
    name: str = ""
    parts: tuple[Node, ...] = ()
    below: str = ""
    """A subscript, or the argument of a symbol such as p(x), without blanks."""
    above: str = ""
    """A superscript that is no power."""
    accents: tuple[str, ...] = ()
    value: float = 0.0
    start: int = 0
    end: int = 0

    def walk(self) -> Iterator[Node]:
        """The node and everything in it."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True)
class Statement:
    """What a formula says of its left side, None if that can't be read."""

    left: Node | None
    readings: tuple[Node, ...]
    """The right side; two readings if it is open how far a division reaches."""
    start: int
    end: int
