"""The frontier of the search: versions of the program whose successors are still to be tried, the best first."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from byhand.judge.mending.version import Version

PATIENCE = 24
"""After so many successors of one version in vain, those of versions with one more mistake come first."""


@dataclass(order=True)
class Branch:
    """A version, and those of its successors that have not been tried. Lower ones come first."""

    mistakes: int
    edges: int
    length: float
    number: int
    """The order of arrival."""
    tries: int = field(compare=False)
    version: Version = field(compare=False)
    rest: Iterator[Version] = field(compare=False)


class Frontier:
    """A queue of branches: fewest mistakes left first, then fewest failing edges, then fewest mends."""

    def __init__(self) -> None:
        self._heap: list[Branch] = []
        self._numbers = count()

    def __bool__(self) -> bool:
        return bool(self._heap)

    def push(self, version: Version, length: float, rest: Iterator[Version], tries: int = 0) -> None:
        """Add the successors of a version, ``tries`` of which have been tried; ``length`` is how many mends it has."""
        mistakes, edges = version.worth
        mistakes += tries // PATIENCE
        heapq.heappush(self._heap, Branch(mistakes, edges, length, next(self._numbers), tries, version, rest))

    def pop(self) -> Branch:
        """Remove the best branch."""
        return heapq.heappop(self._heap)
