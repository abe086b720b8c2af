"""The results of a run, and the comparison of the two libraries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from byhand.cli._texts import say
from byhand.cli._tour.plan import Recipe

SLACK = 100
"""byhand's distance may be this many times the nudged network's, because rounding errors vary and some accumulate."""

Array = np.ndarray[Any, np.dtype[np.float64]]
Curve = tuple[Array, Array]


@dataclass(frozen=True)
class Score:
    """Test results of one side, and its training time."""

    loss: float
    accuracy: float
    auc: float
    seconds: float


@dataclass(frozen=True)
class Distance:
    """The largest distances from the incumbent: the loss of any step, any final parameter, the AUC."""

    loss: float
    parameter: float
    auc: float = 0.0

    @property
    def largest(self) -> float:
        """The largest of the three; nan if one is nan."""
        return float(np.max([self.loss, self.parameter, self.auc]))


@dataclass(frozen=True)
class Result:
    """The results of a run."""

    data: str
    recipe: Recipe
    sizes: tuple[int, ...]
    steps: int
    byhand: Score
    torch: Score
    difference: Distance
    nudged: Distance
    mistaken: Distance
    curves: Curve
    """The mean training loss of each epoch, of byhand and torch."""
    drifts: tuple[Array, Array, Array]
    """The largest loss distance from torch in each epoch, of byhand, nudged and mistaken."""
    roc: tuple[Curve, Curve]
    """False and true positive rates: of byhand's network by byhand, of torch's by scikit-learn."""

    @property
    def title(self) -> str:
        """The data set and the recipe."""
        return f"{self.data}, {self.recipe.name}"

    @property
    def parameters(self) -> int:
        """The number of parameters."""
        return sum((n + 1) * m for n, m in pairwise(self.sizes))

    @property
    def bound(self) -> float:
        """The largest distance from torch that counts as rounding."""
        return SLACK * self.nudged.largest

    @property
    def agrees(self) -> bool:
        """Whether rounding explains the whole difference; nan does not agree."""
        return self.difference.largest <= self.bound

    @property
    def would_notice(self) -> bool:
        """Whether the mistaken network exceeds the bound, which shows that the bound is tight enough."""
        return self.mistaken.largest > self.bound

    @property
    def passes(self) -> bool:
        """Whether byhand agrees, by a bound that would have detected a mistake."""
        return self.agrees and self.would_notice


def amount(x: float) -> str:
    """A distance with two digits, for display.

    >>> amount(0.0), amount(3.14e-15)
    ('0', '3.1e-15')
    """
    return f"{x:.1e}" if x else "0"


def verdict(results: Sequence[Result]) -> list[str]:
    """The outcome in one sentence, or one sentence for each run that does not pass."""
    if all(result.passes for result in results):
        largest = float(np.max([result.difference.largest for result in results]))
        return [say("all agree", runs=len(results), largest=amount(largest))]
    return [_objection(result) for result in results if not result.passes]


def _objection(result: Result) -> str:
    bound = amount(result.bound)
    if result.agrees:
        return say("proves nothing", title=result.title, mistaken=amount(result.mistaken.largest), bound=bound)
    return say("differs", title=result.title, difference=amount(result.difference.largest), bound=bound)


def timing(results: Sequence[Result]) -> str:
    """One sentence about the total training time."""
    ours = sum(result.byhand.seconds for result in results)
    theirs = sum(result.torch.seconds for result in results)
    return say("timing", ours=ours, theirs=theirs)
