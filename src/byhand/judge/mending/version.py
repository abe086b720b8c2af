"""A version of the program in the search for mends: which mends made it, and how wrong it is."""

from __future__ import annotations

from dataclasses import dataclass

from byhand.judge.mending.table import Mend
from byhand.judge.model import Definition, Judgement

COUNTABLE = 4
"""At most so many mistakes are told apart by what the rest of them predicts."""
UNKNOWN, FAILS = 5, 6
"""First part of a level: no known mistakes explain the results; no calling convention gives a result."""
EXCHANGED = 2
"""If at most so many mistakes explain a version, a mend may also leave another mistake in place of one of them."""


@dataclass
class Version:
    """A changed program: the mends that made it, and how wrong it is."""

    definition: Definition
    chain: tuple[Mend, ...]
    level: tuple[int, int] = (9, 0)
    """How wrong it is; lower is better. First: 0 to COUNTABLE mistakes on ordinary input, UNKNOWN or FAILS. Second: for
    0, how many edges fail; for FAILS, minus the line where it fails."""
    failing: tuple[str, ...] = ()
    """The edges at which it fails."""
    judgement: Judgement | None = None
    own: bool = False
    """Whether the last mend is for a page that was found."""
    pages: tuple[str, ...] = ()
    """The pages of the mistakes that explain it."""
    arguments: str = ""
    """Its arguments, in words, under the calling convention where it is least wrong."""
    worth: tuple[int, int] = (9, 0)
    """Its priority: the lowest level among it and the programs that it was made from."""
