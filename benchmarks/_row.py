"""What a system's file declares: rows of contestants, and the targets they are held to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

OURS = "byhand"
FLOOR = "floor: "
"""How the names of contestants begin that do no more than what anybody has to: they explain a target that is missed."""

Call = Callable[[], Any]
Make = Callable[..., Call | tuple[Call, Call]]
"""From a row's inputs, the call to time; or that, and a call with the same effect that returns what to compare."""


class Seconds(float):
    """What a call returns that has taken its time itself, such as one that asks another process."""


@dataclass(frozen=True)
class Options:
    """How to run.

    Args:
        quick: small sizes, one or two repeats: for trying, not for numbers.
        compiled_steps: let torch.compile compile optimizers too; minutes, for many tensors.
    """

    quick: bool = False
    compiled_steps: bool = False

    def cut(self, n: int, by: int = 64) -> int:
        """A size, smaller in a quick run."""
        return max(n // by, 1) if self.quick else n


class Timed(Protocol):
    """A measured row, as a target asks about it."""

    def ratio(self, name: str, peer: str) -> float | None:
        """How many times as long ``peer`` takes as ``name``, the median of the rounds with both; None if one failed."""

    def median(self, name: str) -> float | None:
        """Seconds."""

    def memory(self, name: str) -> int | None:
        """Peak of extra bytes."""


@dataclass(frozen=True)
class Faster:
    """At least ``by`` times as fast as the fastest of ``than``."""

    by: float
    than: tuple[str, ...]
    name: str = OURS

    def wanted(self) -> str:
        """In words."""
        peer = self.than[0] if len(self.than) == 1 else f"the best of {', '.join(self.than)}"
        return f"{'' if self.name == OURS else self.name + ': '}≥ {self.by:g}× {peer}"

    def judge(self, timed: Timed) -> tuple[float, bool, str] | None:
        """The value, whether it is met, and the value in words; None where it could not be measured."""
        ratios = [ratio for peer in self.than if (ratio := timed.ratio(self.name, peer)) is not None]
        return (min(ratios), min(ratios) >= self.by, f"{min(ratios):.3g}×") if ratios else None

    def missed(self, value: float) -> float:
        """By which share of the target ``value`` falls short."""
        return 1 - value / self.by


@dataclass(frozen=True)
class Within:
    """In at most so many seconds."""

    seconds: float
    name: str = OURS

    def wanted(self) -> str:
        """In words."""
        return f"{'' if self.name == OURS else self.name + ': '}≤ {self.seconds:g} s"

    def judge(self, timed: Timed) -> tuple[float, bool, str] | None:
        """As :meth:`Faster.judge`."""
        value = timed.median(self.name)
        return None if value is None else (value, value <= self.seconds, f"{value:.3g} s")

    def missed(self, value: float) -> float:
        """By which share of the target ``value`` exceeds it."""
        return value / self.seconds - 1


@dataclass(frozen=True)
class Lean:
    """With at most so many bytes of extra memory for each of ``count``."""

    bytes_each: float
    count: int
    name: str = OURS

    def wanted(self) -> str:
        """In words."""
        return f"≤ {self.bytes_each:g} extra bytes a sample"

    def judge(self, timed: Timed) -> tuple[float, bool, str] | None:
        """As :meth:`Faster.judge`."""
        peak = timed.memory(self.name)
        if peak is None:
            return None
        return peak / self.count, peak <= self.bytes_each * self.count, f"{peak / self.count:.3g} bytes"

    def missed(self, value: float) -> float:
        """By which share of the target ``value`` exceeds it."""
        return value / self.bytes_each - 1


@dataclass(frozen=True)
class Leaner:
    """With at most one ``by``-th of the extra memory of ``than``."""

    by: float
    than: str
    name: str = OURS

    def wanted(self) -> str:
        """In words."""
        return f"≤ 1/{self.by:g} of the extra memory of {self.than}"

    def judge(self, timed: Timed) -> tuple[float, bool, str] | None:
        """As :meth:`Faster.judge`."""
        ours, theirs = timed.memory(self.name), timed.memory(self.than)
        return (
            None if not ours or theirs is None else (theirs / ours, theirs >= self.by * ours, f"1/{theirs / ours:.3g}")
        )

    def missed(self, value: float) -> float:
        """By which share of the target ``value`` falls short."""
        return 1 - value / self.by


Target = Faster | Within | Lean | Leaner


@dataclass(frozen=True)
class Row:
    """One size of one piece of work.

    Args:
        key: a short name, the same in a quick run.
        title: the size, in words.
        data: makes the inputs, which the contestants share.
        contestants: by name, what makes the call to time from the inputs. Ours comes first.
        bytes: what must move at least, from and to memory; 0: not a matter of bytes.
        moved: the same for contestants that have other work, by name.
        targets: what to reach.
        tolerance: largest relative difference between ours and another result.
        tolerances: the same for some contestants; an approximation is allowed more.
        once: contestants so slow that their first call is their only sample.
        memory: measure the peak of extra memory.
        growth: the number on the axis of a growth chart; such rows make a table of their own.
        budget: seconds for all samples together.
    """

    key: str
    title: str
    data: Callable[[], Sequence[Any]]
    contestants: Mapping[str, Make]
    bytes: int = 0
    moved: Mapping[str, int] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    tolerance: float = 1e-4
    tolerances: Mapping[str, float] = field(default_factory=dict)
    once: frozenset[str] = frozenset()
    memory: bool = False
    growth: int | None = None
    budget: float = 6.0


def rows_of(system: str, options: Options) -> list[Row]:
    """What the system's file declares."""
    return list(import_module(f"benchmarks.{system}").rows(options))
