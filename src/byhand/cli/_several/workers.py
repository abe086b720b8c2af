"""Worker processes that judge one file at a time: a crash costs only the worker's current file."""

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
"""Seconds that a file may take beyond those of its definitions: to start a sandbox, to read and to write."""


@dataclass(frozen=True)
class Settings:
    """How each file is judged, and which outputs are produced."""

    lang: str
    hint: int
    strict: bool
    trust: bool
    seconds: tuple[float, float]
    """Seconds for a definition and for a file."""
    seed: int | None
    pages: bool
    """Whether to produce HTML pages."""


@dataclass(frozen=True)
class Done:
    """The result of a file."""

    file: str
    report: dict[str, Any] = field(default_factory=dict)
    """The ``--json`` report; empty if the file could not be judged."""
    page: str = ""
    error: str = ""
    """Why it could not be judged, in the user's language."""

    @property
    def exit_code(self) -> int:
        """The exit code for this file alone."""
        return int(self.report.get("exit_code", 2))


def judged(files: Sequence[str], settings: Settings, jobs: int, ended: str, late: str) -> Iterator[Done]:
    """Yield each file in order. ``ended`` and ``late`` are the errors of files whose worker died or took too long."""
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
    """Wait until a file is done, or until a worker has to be replaced."""
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
    """A worker process and its current file."""

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
        """Send it a file."""
        self.task, self.deadline = (number, file), time.monotonic() + self._seconds
        with suppress(OSError):  # it is already dead, which the next wait detects
            self.pipe.send(file)

    def end(self) -> None:
        """End the process, by force if necessary."""
        self.pipe.close()
        if self.task is not None:
            self.process.terminate()
        self.process.join(2.0)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()

    def replaced(self, settings: Settings) -> _Worker:
        """A new worker in its place."""
        self.end()
        return _Worker(settings)


@contextmanager
def _safe_path() -> Iterator[None]:
    """Keep the current folder, which may hold a learner's modules, off a new process's import path."""
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
    """Judge the files that arrive through the pipe, until it is closed."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent process ends it
    with suppress(EOFError, OSError):
        while True:
            pipe.send(_judged(pipe.recv(), settings))


def _judged(file: str, settings: Settings) -> Done:
    from byhand.cli._practice.counting import named_by_header
    from byhand.cli._terminal import reason, why_stopped
    from byhand.cli._texts import say, speak
    from byhand.cli.check import opened
    from byhand.judge.reading.cells import content
    from byhand.judge.reading.neighbours import read_whole
    from byhand.judge.reading.syntax import quiet
    from byhand.judge.reading.unreadable import Unreadable
    from byhand.judge.reporting import page
    from byhand.judge.reporting.json_form import as_json
    from byhand.sandbox import Stopped

    speak(["--lang", settings.lang])
    try:
        data = content(file)
        with quiet(), opened(data, settings.trust, settings.seconds) as judge:
            report = judge.judge(read_whole(data, file), names=named_by_header(data), seed=settings.seed)
    except OSError as error:
        return Done(file, error=say("no file", got=file, why=reason(error)))
    except Unreadable as error:
        return Done(file, error=error.said(settings.lang))
    except Stopped as stop:
        return Done(file, error=why_stopped(stop))
    html = page.page(report, settings.lang, settings.hint) if settings.pages else ""
    return Done(file, as_json(report, settings.lang, settings.strict), html)
