"""The process that watches over the sandbox. It runs no learner's code; when it ends, the whole sandbox ends."""

from __future__ import annotations

import os
import resource
import select
import signal
from contextlib import suppress
from struct import pack
from typing import NoReturn

from byhand.sandbox.outcome import MANY_THREADS

BETWEEN = 50
"""Milliseconds between two counts of the threads. A program can start a few thousand in between: no harm."""


def supervise(child: int, life: int, cpu: float, threads: int, status: int | None) -> NoReturn:
    """Wait until ``child`` ends or the judge closes ``life``; kill all descendants; end the way the child ended.

    A child with more than ``threads`` threads is killed, and the supervisor ends by ``MANY_THREADS``. If the judge is
    not its parent, and so cannot wait for it, the supervisor writes its process id and exit code to ``status``.

    The supervisor adopts orphans (see :func:`byhand.sandbox.system.adopt_orphans`), so it also finds descendants that
    left their session. In a namespace of process ids none are left once the child is dead.
    """
    if status is not None:
        with suppress(OSError):  # the judge is gone
            os.write(status, pack("<i", os.getpid()))
    ended = _watch(child, life, threads)
    while _kill_children():
        pass
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = 0 if ended is None else os.waitstatus_to_exitcode(ended)
    if used.ru_utime + used.ru_stime >= cpu - 1 and code < 0:
        code = -signal.SIGXCPU
    if status is not None:
        with suppress(OSError):  # the judge is gone
            os.write(status, pack("<i", code))
        os._exit(0)
    if code < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if -code not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(max(code, 1) if code < 0 else code)


def _watch(child: int, life: int, threads: int) -> int | None:
    """The status with which the child ended; None if the judge asked for the end or is gone."""
    poll = select.poll()
    poll.register(life, select.POLLIN)
    if hasattr(os, "pidfd_open"):
        with suppress(OSError):
            poll.register(os.pidfd_open(child), select.POLLIN)
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        unwanted = any(descriptor == life for descriptor, _ in poll.poll(BETWEEN))
        if unwanted or _threads(child) > threads:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None if unwanted else MANY_THREADS


def _threads(child: int) -> int:
    """The number of its threads; 0 where there is no /proc."""
    try:
        return len(os.listdir(f"/proc/{child}/task"))
    except OSError:
        return 0


def _kill_children() -> bool:
    """Kill the present children and wait for them; returns whether there were any."""
    for pid in _children():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    try:
        os.waitpid(-1, 0)
    except ChildProcessError:
        return False
    return True


def _children() -> list[int]:
    """The ids of our children; empty where there is no /proc: there the judge kills the whole group."""
    me, found = str(os.getpid()), []
    try:
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    with open(f"/proc/{name}/stat") as stat:
                        parent = stat.read().rpartition(")")[2].split()[1]
                except OSError:
                    continue
                if parent == me:
                    found.append(int(name))
    except OSError:
        pass
    return found
