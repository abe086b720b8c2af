"""How a request to the sandbox ends when it does not end with an answer, and what it may use up before that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["too slow", "too much memory", "too much output", "forbidden", "gone", "ours", "not sealed"]
KINDS: tuple[str, ...] = get_args(Kind)


MANY_THREADS = 12
"""The signal, SIGUSR2, by which the process that watches over a sandbox ends when the sandbox had too many threads."""


class Stopped(Exception):
    """The sandbox ended, or refused; it is closed now, and no process of it is left.

    Attributes:
        kind: one of ``KINDS``. ``ours`` and ``not sealed`` are never the learner's fault.
        detail: one sentence for a person.
        missing: of ``not sealed``, what is needed and does not hold.
    """

    def __init__(self, kind: Kind, detail: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail
        self.missing = missing

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


@dataclass(frozen=True)
class Limits:
    """What a sandbox may use.

    Attributes:
        seconds: wall clock of one request.
        cpu: processor time, in seconds, of the sandbox's whole life, with the import of torch. The kernel enforces it
            even when nobody is there to look at a clock.
        memory: bytes of address space on top of what Python, NumPy and torch take.
        output: bytes printed during one request.
        start: seconds until the sandbox has to be ready. To miss it is our failure.
        descriptors: open files.
        threads: that it may have at once. More end it, where the kernel lets them be made at all.
    """

    seconds: float = 5.0
    cpu: int = 300
    memory: int = 1 << 30
    output: int = 64 << 10
    start: float = 60.0
    descriptors: int = 128
    threads: int = 256
