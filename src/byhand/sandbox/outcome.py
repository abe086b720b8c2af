"""How a request ends without an answer, and the limits of a sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["too slow", "too much memory", "too much output", "forbidden", "gone", "ours", "not sealed"]
KINDS: tuple[str, ...] = get_args(Kind)


MANY_THREADS = 12
"""The signal, SIGUSR2, by which the supervisor ends when the sandbox had too many threads."""


class Stopped(Exception):
    """The sandbox ended or refused. It is closed, and none of its processes is left.

    Attributes:
        kind: one of ``KINDS``. ``ours`` and ``not sealed`` are never the learner's fault.
        detail: one sentence for the user.
        missing: for ``not sealed``, the layers that are needed and do not hold.
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
