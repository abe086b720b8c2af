"""What comes of a run, and what it says about the two libraries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from byhand.cli._texts import say
from byhand.cli._tour.plan import Recipe

SLACK = 100
"""How many times the nudged network's distance byhand may be away: roundings differ in size, and some add up."""

Array = np.ndarray[Any, np.dtype[np.float64]]
Curve = tuple[Array, Array]


@dataclass(frozen=True)
class Score:
    """How well one side does on the samples kept apart, and how long its training took."""

    loss: float
    accuracy: float
    auc: float
    seconds: float


@dataclass(frozen=True)
class Distance:
    """How far a side is from the incumbent at most: the loss of any step, any parameter at the end, the AUC."""

    loss: float
    parameter: float
    auc: float = 0.0

    @property
    def largest(self) -> float:
        """The largest of the three; nan if one is nan."""
        return float(np.max([self.loss, self.parameter, self.auc]))


@dataclass(frozen=True)
class Result:
    """What came of a run."""

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
    """The largest distance of a loss from torch's in each epoch, of byhand, nudged and mistaken."""
    roc: tuple[Curve, Curve]
    """False and true positive rates: of byhand's network by byhand, of torch's by scikit-learn."""

    @property
    def title(self) -> str:
        """The data set and the recipe."""
        return f"{self.data}, {self.recipe.name}"

    @property
    def parameters(self) -> int:
        """How many numbers the network learns."""
        return sum((n + 1) * m for n, m in pairwise(self.sizes))

    @property
    def bound(self) -> float:
        """What byhand's distance from torch may be."""
        return SLACK * self.nudged.largest

    @property
    def agrees(self) -> bool:
        """Rounding explains all of the difference; nan is no agreement."""
        return self.difference.largest <= self.bound

    @property
    def would_notice(self) -> bool:
        """The mistaken network is beyond the bound, so that the bound means something."""
        return self.mistaken.largest > self.bound

    @property
    def passes(self) -> bool:
        """byhand agrees, and could have been caught if it did not."""
        return self.agrees and self.would_notice


def amount(x: float) -> str:
    """A distance in two digits, to read.

    >>> amount(0.0), amount(3.14e-15)
    ('0', '3.1e-15')
    """
    return f"{x:.1e}" if x else "0"


def verdict(results: Sequence[Result]) -> list[str]:
    """The outcome in a sentence; one for each run that does not pass, if there are any."""
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
    """How long all the training took, in a sentence."""
    ours = sum(result.byhand.seconds for result in results)
    theirs = sum(result.torch.seconds for result in results)
    return say("timing", ours=ours, theirs=theirs)
