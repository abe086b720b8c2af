"""The process that sandboxes are forked from: it has imported torch and NumPy, and never runs a learner's code.

A sandbox seals itself after the fork, as one of its own interpreter does after its imports; it starts in milliseconds.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from json import loads
from typing import Any, NoReturn

from byhand.sandbox.library import Library

IDLE = 600
"""Seconds without a request after which it ends; the judge starts another when it needs one."""
MESSAGE = 1 << 16
DESCRIPTORS = 5
"""What comes with a request: the sandbox's ends of requests, replies, printed and life, and of its status."""


def serve(config: Mapping[str, Any], channel: int, become: Callable[[Mapping[str, Any], int], NoReturn]) -> NoReturn:
    """Fork a process for each request, and let it ``become`` a sandbox. Ends with the judge."""
    with suppress(Exception):  # a sandbox imports again, and reports the error
        Library(config["torch"])
    gc.freeze()  # so that collecting garbage in a fork does not copy what was imported
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: they report how they end
    judge = socket.socket(fileno=channel)
    while select.select([judge], [], [], IDLE)[0]:
        message, descriptors, _, _ = socket.recv_fds(judge, MESSAGE, DESCRIPTORS)
        if not message:
            break
        if os.fork() == 0:
            try:
                judge.close()
                _start({**config, **loads(message)}, descriptors, become)
            finally:
                os._exit(1)
        for descriptor in descriptors:
            os.close(descriptor)
    os._exit(0)


def _start(
    config: Mapping[str, Any], descriptors: list[int], become: Callable[[Mapping[str, Any], int], NoReturn]
) -> NoReturn:
    requests, replies, printed, life, status = descriptors
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    os.close(printed)
    become({**config, "replies": replies, "life": life, "status": status}, requests)
