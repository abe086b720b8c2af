"""Processes that judge files, one file each at a time: what kills one costs the file that it had, and no other."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

GRACE = 60.0
"""Seconds that a file may take beyond those that its definitions have: to start a sandbox, and to read and write."""


@dataclass(frozen=True)
class Settings:
    """How each file is judged, and what is wanted of it."""

    lang: str
    hint: int
    strict: bool
    trust: bool
    seconds: tuple[float, float]
    """For a definition, and for a file."""
    seed: int | None
    pages: bool
    """Whether pages of HTML are wanted."""


@dataclass(frozen=True)
class Done:
    """What became of a file."""

    file: str
    report: dict[str, Any] = field(default_factory=dict)
    """As ``--json`` has it; empty if it could not be judged."""
    page: str = ""
    error: str = ""
    """Why it could not be judged, in the reader's language."""

    @property
    def exit_code(self) -> int:
        """Of this file alone."""
        return int(self.report.get("exit_code", 2))


def judged(files: Sequence[str], settings: Settings, jobs: int, ended: str, late: str) -> Iterator[Done]:
    """Each file, in its order; ``ended`` and ``late`` are said of one whose process has died, or takes too long."""
    waiting = list(enumerate(files))[::-1]
    done: dict[int, Done] = {}
    workers = [_Worker(settings) for _ in range(min(jobs, len(files)))]
    try:
        for number in range(len(files)):
            while number not in done:
                for worker in workers:
                    if worker.task is None and waiting:
                        worker.begin(*waiting.pop())
                _next(workers, settings, done, ended, late)
            yield done.pop(number)
    finally:
        for worker in workers:
            worker.end()


def _next(workers: list[_Worker], settings: Settings, done: dict[int, Done], ended: str, late: str) -> None:
    """Wait until something is done, or until a worker has to be replaced."""
    busy = {worker.pipe: worker for worker in workers if worker.task is not None}
    for ready in wait(list(busy), 1.0):
        worker = busy[ready]  # type: ignore[index]
        assert worker.task is not None
        number, file = worker.task
        try:
            done[number], worker.task = worker.pipe.recv(), None
        except (EOFError, OSError):
            done[number] = Done(file, error=ended)
            workers[workers.index(worker)] = worker.replaced(settings)
    for worker in workers:
        if worker.task is not None and time.monotonic() > worker.deadline:
            number, file = worker.task
            done[number] = Done(file, error=late)
            workers[workers.index(worker)] = worker.replaced(settings)


class _Worker:
    """A process, and the file that it has at the moment."""

    def __init__(self, settings: Settings) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_work, args=(theirs, settings), daemon=False)
        with _safe_path():
            self.process.start()
        theirs.close()
        self.task: tuple[int, str] | None = None
        self.deadline, self._seconds = 0.0, settings.seconds[1] + GRACE

    def begin(self, number: int, file: str) -> None:
        """Hand it a file."""
        self.task, self.deadline = (number, file), time.monotonic() + self._seconds
        with suppress(OSError):  # it is dead already: the next look tells
            self.pipe.send(file)

    def end(self) -> None:
        """Let go, by force if it has to be."""
        self.pipe.close()
        if self.task is not None:
            self.process.terminate()
        self.process.join(2.0)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()

    def replaced(self, settings: Settings) -> _Worker:
        """Another one in its place."""
        self.end()
        return _Worker(settings)


@contextmanager
def _safe_path() -> Iterator[None]:
    """Python looks for no module in the current folder, where a learner's may be, before this process's path is set."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def _work(pipe: Connection, settings: Settings) -> None:
    """Judge what comes through the pipe, until it is closed."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who has started it ends it
    with suppress(EOFError, OSError):
        while True:
            pipe.send(_judged(pipe.recv(), settings))


def _judged(file: str, settings: Settings) -> Done:
    from byhand.cli._terminal import reason, why_stopped
    from byhand.cli._texts import say, speak
    from byhand.judge.judge import judge
    from byhand.judge.model import Allowance
    from byhand.judge.reading.cells import largest
    from byhand.judge.reading.neighbours import beside, with_neighbours
    from byhand.judge.reading.notebook import read
    from byhand.judge.reading.syntax import quiet
    from byhand.judge.reading.unreadable import Unreadable
    from byhand.judge.reporting import page
    from byhand.judge.reporting.json_form import as_json
    from byhand.sandbox import Stopped

    speak(["--lang", settings.lang])
    try:
        with open(file, "rb") as stream:
            data = stream.read(largest(file) + 1)
        with quiet():
            program = with_neighbours(read(data, file), beside(file))
            report = judge(program, trust=settings.trust, allowed=Allowance(*settings.seconds), seed=settings.seed)
    except OSError as error:
        return Done(file, error=say("no file", got=file, why=reason(error)))
    except Unreadable as error:
        return Done(file, error=error.said(settings.lang))
    except Stopped as stop:
        return Done(file, error=why_stopped(stop))
    html = page.page(report, settings.lang, settings.hint) if settings.pages else ""
    return Done(file, as_json(report, settings.lang, settings.strict), html)
