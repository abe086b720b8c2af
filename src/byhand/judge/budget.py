"""Time limits of a check: seconds for each definition and for the whole file, both in wall clock."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from byhand.judge.model import Allowance


class OutOfTime(Exception):
    """The time for this definition, or for the file, is used up."""


@dataclass
class Budget:
    """The time left for the file, and for one definition since :meth:`begin`.

    Attributes:
        waited: seconds since :meth:`begin` spent in the learner's program.
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
        """Add time to the definition's clock, for work that the definition did not cause."""
        self._definition += seconds

    @property
    def left(self) -> float:
        """Seconds until the first of the two limits; negative afterwards."""
        return min(self._file, self._definition) - perf_counter()

    @property
    def file_over(self) -> bool:
        """Whether the file's time is used up."""
        return perf_counter() >= self._file

    def check(self) -> None:
        """Raise OutOfTime if one of the limits is reached."""
        if self.left <= 0:
            raise OutOfTime

    @property
    def learners(self) -> bool:
        """Whether the learner's program used most of the definition's time."""
        return self.waited >= self.allowed.definition / 2
