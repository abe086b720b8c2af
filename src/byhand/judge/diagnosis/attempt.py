"""A learner's program under one calling convention, and the predictions of hypotheses for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from byhand.judge.compare import TIERS, agree, rounded
from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.hypothesis import RIGHT, Hypothesis
from byhand.judge.model import FLOAT32, Definition, Outcome, Probe
from byhand.judge.session import Session
from byhand.judge.task import Convention, Task


@dataclass(frozen=True)
class _Drawn:
    """A calling convention, equal to those that have the same draws: a loss may have thousands."""

    key: Hashable
    convention: Any = field(compare=False)


Draw = Callable[[Any, np.random.Generator], Sequence[Probe]]
"""A method of a task that draws probes for a calling convention."""


@lru_cache(maxsize=512)
def _shared(draw: Draw, of: _Drawn, seed: int) -> Sequence[Probe]:
    return draw(of.convention, np.random.default_rng(seed))


class Predictions:
    """Probes, and the predictions of hypotheses for them, shared by calling conventions with the same reading."""

    def __init__(self, task: Task[Any], convention: Convention, seed: int) -> None:
        self.task, self._convention, self.seed = task, convention, seed
        self._predicted: dict[tuple[Hypothesis, str], Outcome] = {}
        self._shows: dict[Hypothesis, bool] = {}

    @cached_property
    def ordinary(self) -> Sequence[Probe]:
        """The same draw for every calling convention."""
        return self._draw(self.task.ordinary, self.seed)

    @cached_property
    def edges(self) -> Sequence[Probe]:
        """Probes at the named edges, drawn once."""
        return self._draw(self.task.edges, self.seed + 1)

    def _draw(self, draw: Draw, seed: int) -> Sequence[Probe]:
        key = self.task.draws(self._convention)
        if key is None:
            return draw(self._convention, np.random.default_rng(seed))
        return _shared(draw, _Drawn(key, self._convention), seed)

    def predicted(self, hypothesis: Hypothesis, probe: Probe, check: Callable[[], None]) -> Outcome:
        """The result of a changed formula. It may raise where the formula does not; that is an outcome too.

        ``check`` is called before it is computed, and raises if no time is left for that.
        """
        key = (hypothesis, probe.name)
        if key not in self._predicted:
            check()
            try:
                names = clinic.program(self.task.name, hypothesis.changes)
                self._predicted[key] = self.task.predict(names, self._convention, probe)
            except Exception as error:
                if not hypothesis.changes:
                    raise
                self._predicted[key] = Outcome(error=type(error).__name__, message=str(error))
        return self._predicted[key]

    def shows(self, hypothesis: Hypothesis, check: Callable[[], None]) -> bool:
        """Whether the changes alter the result on ordinary input, under this reading."""
        if hypothesis not in self._shows:
            self._shows[hypothesis] = not all(
                agree(self.predicted(hypothesis, probe, check), self.predicted(RIGHT, probe, check))
                for probe in self.ordinary
            )
        return self._shows[hypothesis]


class Attempt:
    """A learner's program under one calling convention. Its results are cached."""

    def __init__(
        self, predictions: Predictions, session: Session, definition: Definition, convention: Convention, part: str = ""
    ) -> None:
        self.predictions, self.session, self.definition, self.convention = predictions, session, definition, convention
        self.task, self.part = predictions.task, part
        self._whole: dict[str, Outcome] = {}
        self._near: dict[Hypothesis, bool] = {}
        self._natural: dict[Hypothesis, bool] = {}

    @cached_property
    def taken(self) -> frozenset[str]:
        """The ids of the pages that the calling convention stands for."""
        return frozenset(self.convention.pages)

    @property
    def ordinary(self) -> Sequence[Probe]:
        """Probes on which nothing is special."""
        return self.predictions.ordinary

    @property
    def edges(self) -> Sequence[Probe]:
        """Probes at the named edges."""
        return self.predictions.edges

    def only(self, part: str) -> Attempt:
        """The same attempt, restricted to one of its values."""
        attempt = Attempt(self.predictions, self.session, self.definition, self.convention, part)
        attempt._whole = self._whole
        return attempt

    def observed(self, probe: Probe) -> Outcome:
        """The learner's result on the probe; computed once."""
        if probe.name not in self._whole:
            self._whole[probe.name] = self.task.observe(self.session, self.definition, self.convention, probe)
        whole = self._whole[probe.name]
        return replace(whole, values={self.part: whole.values[self.part]}) if self.part in whole.values else whole

    def predicted(self, hypothesis: Hypothesis, probe: Probe) -> Outcome:
        """The result of a changed formula. Raises OutOfTime."""
        return self.predictions.predicted(hypothesis, probe, self.session.check)

    def shows(self, hypothesis: Hypothesis) -> bool:
        """Whether the changes alter the result on ordinary input. Raises OutOfTime."""
        return self.predictions.shows(hypothesis, self.session.check)

    def agrees(self, hypothesis: Hypothesis, probe: Probe, eps: float) -> bool:
        """Whether the hypothesis explains this probe."""
        return agree(self.observed(probe), self.predicted(hypothesis, probe), eps)

    def narrowed(self, probe: Probe, eps: float) -> Probe:
        """The probe, rounded to half precision if the program answers in it."""
        half = max(eps, self.observed(probe).eps)
        if half <= FLOAT32 or "pred" not in probe.inputs:
            return probe
        inputs = {role: rounded(x, half) if isinstance(x, np.ndarray) else x for role, x in probe.inputs.items()}
        return replace(probe, name=f"{probe.name} in half precision", inputs=inputs)

    def explains(self, hypothesis: Hypothesis, probes: Sequence[Probe], eps: float) -> bool:
        """Whether the hypothesis explains all probes, and the program gave a result on at least one of them."""
        return self.agree_on(hypothesis, probes, eps) and not all(self.observed(probe).error for probe in probes)

    def agree_on(self, hypothesis: Hypothesis, probes: Sequence[Probe], eps: float) -> bool:
        """Whether the hypothesis explains all probes, or all of them rounded to half precision."""
        first = next((probe for probe in probes if not self.agrees(hypothesis, probe, eps)), None)
        if first is None:
            return True
        if self.narrowed(first, eps) is first:
            return False
        rounds = False
        for probe in probes:  # one by one: the first that tells saves running the program on the others
            narrow = self.narrowed(probe, eps)
            if not agree(self.observed(probe), self.predicted(hypothesis, narrow), eps):
                return False
            rounds = rounds or narrow is not probe
        return rounds

    def near(self, hypothesis: Hypothesis) -> bool:
        """Whether it explains all ordinary probes at the coarsest precision, without which it does at no other."""
        if hypothesis not in self._near:
            self._near[hypothesis] = self.explains(hypothesis, self.ordinary, self.tiers[-1])
        return self._near[hypothesis]

    def natural(self, hypothesis: Hypothesis) -> bool:
        """Whether the program's results on inputs outside the calling convention are those of some right program.

        Programs that are wrong or fail on ordinary input pass; but in half precision a mistake must explain these
        results too, as the formula would have to.
        """
        harmless = hypothesis.harmless if self.shows(hypothesis.harmless) else RIGHT
        plain = self.plain()
        if harmless not in self._natural:
            self._natural[harmless] = not plain.near(harmless) or plain.strays(harmless) is None
        wrong = hypothesis != harmless or plain is not self
        return self._natural[harmless] and not (self.half and wrong and self.strays(hypothesis))

    def plain(self) -> Attempt:
        """The same program under the same calling convention without the mistakes that it stands for."""
        way = self.task.plain(self.convention)
        if way == self.convention:
            return self
        return Attempt(
            Predictions(self.task, way, self.predictions.seed), self.session, self.definition, way, self.part
        )

    def strays(self, hypothesis: Hypothesis) -> tuple[Probe, Outcome] | None:
        """The first input outside the calling convention with a result that no right program gives."""
        rng = np.random.default_rng(self.predictions.seed + 3)
        for probe, outcomes in self.task.outside_convention(self.convention, hypothesis, rng, self.half):
            observed, most = self.observed(probe), float(np.asarray(probe.inputs.get("eps", np.inf)))
            eps, observed = min(self.tiers[-1], most), replace(observed, eps=min(observed.eps, most))
            if not observed.error and not any(agree(observed, outcome, eps) for outcome in outcomes):
                return probe, outcomes[0]
        return None

    def showing(self, hypothesis: Hypothesis) -> Hypothesis:
        """The changes that show on ordinary input."""
        return Hypothesis(tuple(one for one in hypothesis.changes if self.shows(Hypothesis((one,)))))

    @cached_property
    def tiers(self) -> tuple[float, ...]:
        """Precisions at which it may agree; half precision if it computes in one."""
        half = self.task.half(self.session, self.definition, self.convention)
        return (*TIERS, half) if half else TIERS

    @property
    def eps(self) -> float:
        """The eps of the coarsest precision in which it answers."""
        return max(self.observed(probe).eps for probe in self.ordinary)

    @property
    def half(self) -> bool:
        """Whether it is compared in half precision."""
        return max(self.tiers[-1], self.eps) > FLOAT32

    @property
    def fits(self) -> bool:
        """Whether the program's first result has the formula's values, in the same shapes."""
        probe = self.ordinary[0]
        observed, expected = self.observed(probe).values, self.predicted(RIGHT, probe).values
        return all(key in observed and observed[key].shape == np.shape(expected[key]) for key in expected)

    @cached_property
    def tells(self) -> bool:
        """Whether it gives a number that is neither 0 nor infinite: what fits 0, ∞ and nan alone explains nothing."""
        values = (value for probe in self.ordinary for value in self.observed(probe).values.values())
        return any(np.any(np.isfinite(value) & (value != 0)) for value in values)

    @cached_property
    def runs(self) -> bool:
        """Whether the program returns any result under this calling convention."""
        return any(self.observed(probe).values for probe in self.ordinary)


@dataclass(frozen=True)
class Match:
    """A hypothesis that explains all ordinary probes."""

    attempt: Attempt
    hypothesis: Hypothesis
    eps: float

    @property
    def cost(self) -> int:
        """The cost of hypothesis and calling convention together."""
        return self.hypothesis.cost + self.attempt.convention.cost

    @cached_property
    def failing(self) -> list[Probe]:
        """The edges that it does not explain."""
        return [edge for edge in self.attempt.edges if not self.attempt.agree_on(self.hypothesis, [edge], self.eps)]


Kept = dict[Hashable, Predictions]
"""Predictions by the reading of a calling convention; all of one task and seed."""


def attempts(
    task: Task[Any], session: Session, definition: Definition, seed: int, kept: Kept | None = None
) -> list[Attempt]:
    """One attempt for each calling convention; ``kept`` has the predictions for earlier versions of the program."""
    kept = {} if kept is None else kept
    return [
        Attempt(kept.setdefault(task.reading(way), Predictions(task, way, seed)), session, definition, way)
        for way in task.conventions(definition)
    ]
