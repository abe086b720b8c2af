"""The interface of a task, which is one of the seven for the judge: how to recognise, call, probe and predict it."""

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
"""Confidence in a definition that is recognised by its shape alone, or by an ambiguous name.

It is left unrecognised if it stops, if no hypothesis explains its results, or if only two mistakes together do."""
Names = Mapping[str, Any]
"""The names that a formula's source defines, with or without a page's change."""


@dataclass(frozen=True)
class Convention:
    """One way to call a learner's program and to read its result. Tasks have their own subclasses."""

    cost: int = 0
    """0 if the definition's own names suggest it; the larger, the less likely."""
    pages: tuple[str, ...] = ()
    """Ids of the pages that this calling convention stands for, such as a sum instead of a mean."""

    named_logits: frozenset[str] = field(default=frozenset(), kw_only=True)
    """For a loss: "pred" or "target" if the program calls it logits, but it is something else in this convention."""

    def describe(self) -> Mapping[str, str]:
        """The report's words for it: {"arguments": "logits, indices", "result": "mean"}."""
        return {}


C = TypeVar("C", bound=Convention)


class Task(ABC, Generic[C]):
    """One of the seven. Probes are drawn anew for each judgement; the verdict must not depend on the draw."""

    name: str
    """The name of the formula and of its file."""
    exclusive: frozenset[str] = frozenset()
    """Ids of conventions of which a program follows at most one; a program that fits two is something else."""

    @abstractmethod
    def recognises(self, definition: Definition) -> float:
        """Confidence from name, heading and shape, 0 to 1. From 0.5 on it is tried, from 0.9 on nothing else is."""

    @abstractmethod
    def bears(self, name: str) -> bool:
        """Whether a definition's name alone says that it is this task."""

    @abstractmethod
    def conventions(self, definition: Definition) -> Iterable[C]:
        """The calling conventions that its shape allows, likely ones first."""

    @abstractmethod
    def ordinary(self, convention: C, rng: np.random.Generator) -> Sequence[Probe]:
        """Inputs on which nothing is special, cheap ones first. The first is small and can be shown."""

    @abstractmethod
    def edges(self, convention: C, rng: np.random.Generator) -> Sequence[Probe]:
        """Inputs at the named edges."""

    @abstractmethod
    def observe(self, session: Session, definition: Definition, convention: C, probe: Probe) -> Outcome:
        """Run the learner's program on the probe."""

    @abstractmethod
    def predict(self, names: Names, convention: C, probe: Probe) -> Outcome:
        """The result of the formula, or of a changed one, read by the same convention."""

    @abstractmethod
    def show(self, probe: Probe) -> Text:
        """A probe as one line that a reader can type in."""

    def reading(self, convention: C) -> Hashable:
        """The part of a calling convention on which probes and predictions depend; equal readings share them."""
        return convention

    def draws(self, convention: C) -> Hashable:
        """All that the probes of a calling convention depend on, whatever the program; None if that is not known."""
        return None

    def smaller(self, convention: C, edge: Probe) -> Sequence[Probe]:
        """Inputs at the same edge that are easier to read, to be shown if the program breaks on one of them too."""
        return ()

    def counterexample(self, probe: Probe, observed: Outcome, expected: Outcome) -> tuple[Text, Text, Text]:
        """An input on which the two differ, with the learner's number and the formula's; as small as possible."""
        return self.show(probe), *difference(observed, expected)

    def again(self, definition: Definition, conventions: Sequence[C], alike: bool = False) -> Sequence[C]:
        """The same calling conventions for another version of a program: they may remember what the first one gave.

        ``alike``: it takes and returns what the first one does.
        """
        every = list(self.conventions(definition))
        return [way for known in conventions for way in every if way == known]

    def half(self, session: Session, definition: Definition, convention: C) -> float:
        """The eps of the half precision in which it computes, whatever dtype it returns; 0 if it does not."""
        return 0.0

    def parts(self, convention: C) -> Sequence[str]:
        """Values that separate lines may compute, such as ``w`` and ``b``, so that only one of them may be wrong."""
        return ()

    def plain(self, convention: C) -> C:
        """The same calling convention without the mistakes that it stands for."""
        return convention

    def outside_convention(
        self, convention: C, hypothesis: Hypothesis, rng: np.random.Generator, half: bool
    ) -> Iterable[tuple[Probe, Sequence[Outcome]]]:
        """Inputs outside of the calling convention, with all results that right programs may give for them.

        In ``half`` precision, also inputs on which rounding cannot hide a wrong factor.
        """
        return ()

    def misread(
        self, session: Session, definition: Definition, convention: C, hypothesis: Hypothesis, rng: np.random.Generator
    ) -> Finding | None:
        """The mistake of a program whose names promise another kind of input than the convention, and that fails on it.

        For example, its parameter is called ``logits``, but it is right only for probabilities.
        """
        return None

    def further_checks(
        self, session: Session, definition: Definition, convention: C, rng: np.random.Generator
    ) -> Iterable[Finding]:
        """Findings besides the values: memory, time, aliasing, library calls, options; pages found by a probe."""
        return ()

    def library_suffices(self, convention: C) -> bool:
        """Whether a program is done if it calls a library function that computes the task."""
        return True

    def of_error(self, definition: Definition, outcome: Outcome) -> Finding | None:
        """The page of a mistake that this exception alone identifies."""
        return None

    def page_of(self, edge: Probe, observed: Outcome) -> str:
        """The id of the page of the only mistake that can show at this edge; "" if there are several."""
        return ""

    def refusal(self, definition: Definition) -> str:
        """Why it can't be called, if its name says that it is this task; "" for other definitions."""
        return ""

    def doubtful(self, definition: Definition) -> bool:
        """Whether its name leaves open that it is another formula; then it is not called wrong without a reason."""
        return False

    def called_wrongly(self, definition: Definition, convention: C, outcome: Outcome) -> bool:
        """Whether this failure may come from our calling convention, so that the program is not at fault."""
        return False
