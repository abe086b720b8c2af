"""The processes in which programs are judged: one for each tab, and a spare one for the next.

A process keeps a judge and a warm sandbox. Whatever happens to it costs only what it was doing: it is replaced.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

MOST = 3
"""Processes at once: each takes half a gigabyte."""
LONGEST = 64 << 20
"""Bytes of an answer."""


class Ended(Exception):
    """The process ended before it answered; ``why`` is "late", "stopped" or "crashed"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Worker:
    """A process that answers one message at a time."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()
        self._why: dict[int, str] = {}
        self.closed = False
        self.unwanted = ""
        """The run that was stopped last: it may come after its stop."""
        self.used = time.monotonic()
        self.busy = 0

    async def start(self) -> None:
        """Have a process ready, unless the server ends."""
        with suppress(Ended):
            async with self._lock:
                await self._started()

    async def _started(self) -> asyncio.subprocess.Process:
        """The running process; a new one if there is none. Only under the lock: two at once would start two."""
        self._refuse_if_closed()
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "byhand.sandbox.command", "byhand.practice.web.worker",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                limit=LONGEST, start_new_session=True, env={**os.environ, "PYTHONSAFEPATH": "1"},
            )  # fmt: skip
            self._refuse_if_closed()  # meanwhile
        return self._process

    def _refuse_if_closed(self) -> None:
        if self.closed:
            self.kill()
            raise Ended("stopped")

    async def ask(self, message: Mapping[str, object], seconds: float, run: str = "") -> dict[str, Any]:
        """The answer to a message. Raises Ended; then the next message goes to a new process."""
        self.busy += 1
        try:
            async with self._lock:
                self.used = time.monotonic()
                if run and run == self.unwanted:
                    raise Ended("stopped")
                process = await self._started()
                assert process.stdin is not None
                assert process.stdout is not None
                try:
                    async with asyncio.timeout(seconds):  # a process that hangs does not read either
                        process.stdin.write(json.dumps(message).encode() + b"\n")
                        await process.stdin.drain()
                        line = await process.stdout.readline()
                    answer: dict[str, Any] = json.loads(line)
                except TimeoutError:
                    await self.end("late")
                    raise Ended("late") from None
                except (OSError, ValueError):  # the pipe is closed, or what came is no whole answer
                    await self.end("crashed")
                    raise Ended(self._why.pop(process.pid, "crashed")) from None
                except asyncio.CancelledError:  # the tab is gone: nobody reads the answer
                    await self.end("stopped")
                    raise
                return answer
        finally:
            self.busy -= 1

    async def end(self, why: str = "stopped") -> None:
        """End the process; its own end closes the sandbox."""
        self.kill(why)
        if self._process is not None:
            await self._process.wait()

    def kill(self, why: str = "stopped") -> None:
        """End the process without waiting until it has ended; what it was asked has ended for this reason."""
        process = self._process
        if process is not None and process.returncode is None:
            self._why.setdefault(process.pid, why)
            with suppress(ProcessLookupError):
                process.kill()


class Workers:
    """The workers by tab."""

    def __init__(self) -> None:
        self._of: dict[str, Worker] = {}
        self._spare: Worker | None = None
        self._tasks: set[asyncio.Task[object]] = set()

    def warm(self) -> None:
        """Start a process for the tab that comes next."""
        if self._spare is None:
            self._spare = Worker()
            self._begin(self._spare)

    def _begin(self, worker: Worker) -> None:
        """Start its process without waiting: somebody may be asking it something already."""
        task: asyncio.Task[object] = asyncio.create_task(worker.start())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def of(self, tab: str) -> Worker:
        """The worker of a tab. With too many tabs, that of the one which has waited longest goes to it."""
        if tab not in self._of:
            idle = [one for one, worker in self._of.items() if not worker.busy]
            if self._spare is not None:
                self._of[tab], self._spare = self._spare, None
            elif len(self._of) >= MOST and idle:
                self._of[tab] = self._of.pop(min(idle, key=lambda one: self._of[one].used))
            else:
                self._of[tab] = Worker()
            if len(self._of) < MOST:  # the spare one is a process too
                self.warm()
        return self._of[tab]

    async def stop(self, tab: str, run: str) -> None:
        """End what a tab is running, and start its next process at once."""
        if tab in self._of:
            self._of[tab].unwanted = run
            await self._of[tab].end()
            self._begin(self._of[tab])

    def _all(self) -> list[Worker]:
        return [*self._of.values(), *([self._spare] if self._spare else [])]

    def kill(self) -> None:
        """The server ends: nothing is judged any more, so that no answer is waited for."""
        for worker in self._all():
            worker.closed = True
            worker.kill()

    async def close(self) -> None:
        """End all processes, and those that are about to start."""
        self.kill()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for worker in self._all():
            await worker.end()
