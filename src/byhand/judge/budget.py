"""How long a check may take: seconds for each definition, and for the whole file. Both are wall clock."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from byhand.judge.model import Allowance


class OutOfTime(Exception):
    """The time for this definition, or for the file, is used up."""


@dataclass
class Budget:
    """The time that is left, of the file from now on and of one definition since :meth:`begin`.

    Attributes:
        waited: seconds since :meth:`begin` in which the learner's program ran.
    """

    allowed: Allowance

    def __post_init__(self) -> None:
        now = perf_counter()
        self.waited = 0.0
        self._file = now + self.allowed.file
        self._definition = now + self.allowed.definition

    def begin(self) -> None:
        """Start the clock of the next definition."""
        self.waited = 0.0
        self._definition = perf_counter() + self.allowed.definition

    def grant(self, seconds: float) -> None:
        """Give the definition's clock time back: that of what is not the definition's own doing."""
        self._definition += seconds

    @property
    def left(self) -> float:
        """Seconds until the first of the two ends; below zero afterwards."""
        return min(self._file, self._definition) - perf_counter()

    @property
    def file_over(self) -> bool:
        """Whether the file's time is used up."""
        return perf_counter() >= self._file

    def check(self) -> None:
        """Raise OutOfTime if one of the two is used up."""
        if self.left <= 0:
            raise OutOfTime

    @property
    def learners(self) -> bool:
        """Whether most of the definition's time went into running the learner's program."""
        return self.waited >= self.allowed.definition / 2
