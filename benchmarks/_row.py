"""The rows that the file of a system declares: their contestants and their targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

OURS = "byhand"
FLOOR = "floor: "
"""The prefix of contestants that only do work that every implementation must do, such as reading the inputs."""

Call = Callable[[], Any]
Make = Callable[..., Call | tuple[Call, Call]]
"""Makes the call to time from a row's inputs; or that call, and a second one that returns the result to compare."""


class Seconds(float):
    """The result of a call that measures its own time, such as one that runs another process."""


class NotHere(Exception):
    """A system can't run on this machine; the message says what it lacks."""


@dataclass(frozen=True)
class Options:
    """How to run.

    Args:
        quick: use small sizes and one or two repeats: a test, not a measurement.
        compiled_steps: include optimizers under torch.compile, which takes minutes for many tensors.
    """

    quick: bool = False
    compiled_steps: bool = False

    def cut(self, n: int, by: int = 64) -> int:
        """The size n, divided by ``by`` in a quick run."""
        return max(n // by, 1) if self.quick else n


class Timed(Protocol):
    """A measured row, as targets use it."""

    def ratio(self, name: str, peer: str) -> float | None:
        """How many times as long ``peer`` takes as ``name``: the median over all rounds; None if one of them failed."""

    def median(self, name: str) -> float | None:
        """The median time in seconds."""

    def memory(self, name: str) -> int | None:
        """The peak of extra memory, in bytes."""


@dataclass(frozen=True)
class Faster:
    """Target: at least ``by`` times as fast as the fastest of ``than``."""

    by: float
    than: tuple[str, ...]
    name: str = OURS

    def description(self) -> str:
        """In words."""
        peer = self.than[0] if len(self.than) == 1 else f"the best of {', '.join(self.than)}"
        return f"{'' if self.name == OURS else self.name + ': '}≥ {self.by:g}× {peer}"

    def judge(self, timed: Timed) -> tuple[float, bool, str] | None:
        """The value, whether the target is met, and the value as text; None if it could not be measured."""
        ratios = [ratio for peer in self.than if (ratio := timed.ratio(self.name, peer)) is not None]
        return (min(ratios), min(ratios) >= self.by, f"{min(ratios):.3g}×") if ratios else None

    def missed(self, value: float) -> float:
        """By which share of the target ``value`` falls short."""
        return 1 - value / self.by


@dataclass(frozen=True)
class Within:
    """Target: at most ``seconds`` seconds."""

    seconds: float
    name: str = OURS

    def description(self) -> str:
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
    """Target: at most ``bytes_each`` bytes of extra memory for each of ``count`` samples."""

    bytes_each: float
    count: int
    name: str = OURS

    def description(self) -> str:
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
    """Target: at most 1 / ``by`` of the extra memory of ``than``."""

    by: float
    than: str
    name: str = OURS

    def description(self) -> str:
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
        title: the size, for the page.
        data: makes the inputs, which the contestants share.
        contestants: by name, a function that makes the call to time from the inputs. Byhand's comes first.
        bytes: the least number of bytes that must be read and written; 0 if memory bandwidth is no limit.
        moved: the same for contestants that must move another number of bytes, by name.
        targets: the targets of the row.
        tolerance: the largest relative difference between byhand's and another result.
        tolerances: the same for some contestants, such as approximations.
        once: contestants so slow that their first call is their only sample.
        memory: whether to measure the peak of extra memory.
        growth: the value on the axis of a growth chart; such rows have a table of their own.
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
    """The rows of a system."""
    return list(import_module(f"benchmarks.{system}").rows(options))


def limits_of(system: str, quick: bool) -> dict[str, float]:
    """Memory bandwidths in bytes per second: of the device that the system measures, else of the CPU."""
    of_device = getattr(import_module(f"benchmarks.{system}"), "limits", None)
    return (of_device or import_module("benchmarks._machine").limits)(quick)  # type: ignore[no-any-return]
