"""How a request ends without an answer, and the limits of a sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal["too slow", "too much memory", "too much output", "forbidden", "gone", "ours", "not sealed"]
KINDS: tuple[str, ...] = get_args(Kind)


MANY_THREADS = 12
"""The signal, SIGUSR2, by which the supervisor ends when the sandbox had too many threads."""


REASONS: Mapping[str, str] = {
    "request time": "It was not done after {seconds} seconds.",
    "processor time": "It used up its {seconds} seconds of processor time.",
    "printed": "It printed more than {kib} KiB in one go.",
    "threads": "It had more than {count} threads at once.",
    "killed": "It was killed, by itself or because memory ran out.",
    "crashed": "It crashed: {words}.",
    "exit code": "It ended itself, with exit code {code}.",
    "inputs": "It can no longer receive inputs: {error}",
    "announced shape": "The result does not have the announced shape.",
    "channel closed": "It closed the channel of results.",
    "not an answer": "Something wrote into the channel of results: {error}.",
    "no process": "The sandbox could not be started: {error}.",
    "no start": "The sandbox did not start: {why}",
    "no start, printed": "The sandbox did not start: {why} It printed: {printed}",
    "closed": "The sandbox is closed.",
    "not sealed": "Not sealed: {missing}. {ways}",
    "ways": "Run it in a container or a virtual machine (on Windows: WSL2) with Linux 5.13 or newer, or, if you trust "
    "the program, with --trust; `byhand doctor` shows what holds here.",
    "no layer": "{layer} is not available here ({error})",
    "layer off": "{layer} is switched off",
    "no system calls": "{layer} is not available here (byhand does not know the system calls of {machine})",
    "system": "byhand cannot seal a program on {system}",
    "both": "{first}; {second}",
}
"""English for the keys of reasons. The judge has the same in Chinese: byhand.judge.reporting.texts."""


@dataclass(frozen=True)
class Reason:
    """Why something stopped or does not hold, as data: the language is chosen where it is printed.

    Attributes:
        key: one of ``REASONS``.
        fill: values for the placeholders of the text.
    """

    key: str
    fill: Mapping[str, str | Reason] = field(default_factory=dict)

    def __str__(self) -> str:
        return REASONS[self.key].format(**self.fill)


class Stopped(Exception):
    """The sandbox ended or refused. It is closed, and none of its processes is left.

    Attributes:
        kind: one of ``KINDS``. ``ours`` and ``not sealed`` are never the learner's fault.
        reason: one sentence for the user, as data.
        missing: for ``not sealed``, the layers that are needed and do not hold.
    """

    def __init__(self, kind: Kind, reason: Reason, missing: tuple[Reason, ...] = ()) -> None:
        super().__init__(kind, reason, missing)
        self.kind = kind
        self.reason = reason
        self.missing = missing

    @property
    def detail(self) -> str:
        """The reason in English."""
        return str(self.reason)

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


@dataclass(frozen=True)
class Limits:
    """The resources that a sandbox may use.

    Attributes:
        seconds: wall clock of one request.
        cpu: processor time of the sandbox's whole life, in seconds, including the import of torch. The kernel enforces
            it even when the judge does not watch.
        memory: bytes of address space beyond what Python, NumPy and torch take.
        output: bytes printed during one request.
        start: seconds until the sandbox has to be ready. Missing it is our failure, not the program's.
        descriptors: open files.
        threads: threads at once. The sandbox ends if there are more.
    """

    seconds: float = 5.0
    cpu: int = 300
    memory: int = 1 << 30
    output: int = 64 << 10
    start: float = 60.0
    descriptors: int = 128
    threads: int = 256
