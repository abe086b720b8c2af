"""What the judge has to know of one of the seven: how it is recognised, called, probed and predicted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from byhand.judge.compare import difference
from byhand.judge.model import Definition, Finding, Outcome, Probe
from byhand.judge.phrases import Text
from byhand.judge.session import Session

if TYPE_CHECKING:
    from byhand.judge.diagnosis.hypothesis import Hypothesis

GUESS = 0.5
"""How sure a task is of a definition by its shape alone, or by a name that says two things: nothing is said then of one
whose numbers fit no explanation, or only two mistakes at once."""
Names = Mapping[str, Any]
"""What a formula's source defines, as it is or with a page's change."""


@dataclass(frozen=True)
class Convention:
    """One way to call a learner's program, and to read what it gives. Tasks have their own subclasses."""

    cost: int = 0
    """0 if it is what the definition's own names say, the more the stranger."""
    pages: tuple[str, ...] = ()
    """Ids of the pages that this calling convention stands for, such as a sum in place of a mean."""

    against: frozenset[str] = field(default=frozenset(), kw_only=True)
    """Of a loss: which of "pred" and "target" the program calls logits, where this way takes it for something else."""

    def describe(self) -> Mapping[str, str]:
        """What the report says of it: {"arguments": "logits, indices", "result": "mean"}."""
        return {}


C = TypeVar("C", bound=Convention)


class Task(ABC, Generic[C]):
    """One of the seven. Probes are drawn afresh for each judgement; the verdict must be the same for any draw."""

    name: str
    """Of the formula, and of the file."""
    exclusive: frozenset[str] = frozenset()
    """Ids of conventions of which no program follows two: what fits both is something else."""

    @abstractmethod
    def recognises(self, definition: Definition) -> float:
        """How sure name, heading and shape make it, 0 to 1; from 0.5 on it is tried, from 0.9 on nothing else is."""

    @abstractmethod
    def bears(self, name: str) -> bool:
        """Whether the name of a definition alone says that it is this task."""

    @abstractmethod
    def conventions(self, definition: Definition) -> Iterable[C]:
        """Ways to call it that its shape allows, likely ones first."""

    @abstractmethod
    def ordinary(self, convention: C, rng: np.random.Generator) -> Sequence[Probe]:
        """Inputs on which nothing is special, cheap ones first; the first is small and fit to be shown."""

    @abstractmethod
    def edges(self, convention: C, rng: np.random.Generator) -> Sequence[Probe]:
        """Inputs at the named edges."""

    @abstractmethod
    def observe(self, session: Session, definition: Definition, convention: C, probe: Probe) -> Outcome:
        """Put the probe to the learner's program."""

    @abstractmethod
    def predict(self, names: Names, convention: C, probe: Probe) -> Outcome:
        """What the formula, or a changed one, gives on it, read by the same convention."""

    @abstractmethod
    def show(self, probe: Probe) -> Text:
        """A probe in a line of words that a reader can type in."""

    def reading(self, convention: C) -> Hashable:
        """What probes and predictions depend on: calling conventions for which it is the same share them."""
        return convention

    def counterexample(self, probe: Probe, observed: Outcome, expected: Outcome) -> tuple[Text, Text, Text]:
        """An input on which the two differ, the learner's number there and the formula's: as small as it can be."""
        return self.show(probe), *difference(observed, expected)

    def half(self, session: Session, definition: Definition, convention: C) -> float:
        """The eps of the half precision in which it computes, whatever dtype it hands over; 0 if it does not."""
        return 0.0

    def parts(self, convention: C) -> Sequence[str]:
        """Values that lines of their own may give, as ``w`` and ``b`` have, so that a mistake may be in one alone."""
        return ()

    def plain(self, convention: C) -> C:
        """The same calling convention without the mistakes that it stands for: what the formula would give."""
        return convention

    def beside(
        self, convention: C, hypothesis: Hypothesis, rng: np.random.Generator, half: bool
    ) -> Iterable[tuple[Probe, Sequence[Outcome]]]:
        """Inputs that the convention does not promise, with all that right programs may give there.

        In ``half`` precision also inputs that leave rounding no room to hide a wrong factor.
        """
        return ()

    def misread(
        self, session: Session, definition: Definition, convention: C, hypothesis: Hypothesis, rng: np.random.Generator
    ) -> Finding | None:
        """The mistake of a program that says it takes something else than the convention has, and is wrong there."""
        return None

    def beyond(
        self, session: Session, definition: Definition, convention: C, rng: np.random.Generator
    ) -> Iterable[Finding]:
        """What values do not tell: memory, time, aliasing, the library inside; pages of a probe."""
        return ()

    def whole(self, convention: C) -> bool:
        """Whether a function of the library that is the task itself leaves nothing to do there."""
        return True

    def of_error(self, definition: Definition, outcome: Outcome) -> Finding | None:
        """The page of a mistake that shows as this exception, if the exception alone tells it."""
        return None

    def page_of(self, edge: Probe, observed: Outcome) -> str:
        """The id of the page of a mistake that alone can show at this edge; "" if there may be several."""
        return ""

    def refusal(self, definition: Definition) -> str:
        """What stopped it, if its name says that it is this task and there is no way to call it; "" of others."""
        return ""

    def called_wrongly(self, definition: Definition, convention: C, outcome: Outcome) -> bool:
        """Whether this failure may well come of our calling convention, so that nobody is to be blamed for it."""
        return False
