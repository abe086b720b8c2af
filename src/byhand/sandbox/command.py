"""A command and its fork server from one import of torch, which takes more than a second of processor time.

The command starts again in an isolated interpreter, with nothing but the environment of a sandbox. There torch is
imported, and the fork server forked off, which has seen nothing else. What remains becomes the command: only then does
it get its own environment, arguments and path back. Run as ``python -m byhand.sandbox.command MODULE``, it does this
for the ``main()`` of any module.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from io import FileIO, TextIOWrapper
from json import dumps, loads
from typing import Any, NoReturn

from byhand.sandbox import forkserver
from byhand.sandbox.library import Library

STREAMS = ("stdin", "stdout", "stderr")


def run(module: str) -> None:
    """Call ``main()`` of a module that will judge: in a process with a fork server, where one can be had this way."""
    if can_start_again():
        start_again(module)
    import_module(module).main()


def can_start_again() -> bool:
    """Whether a new interpreter would do all that this one does: no debugger, no options, a terminal of UTF-8."""
    options = [sys.flags.dev_mode, sys.flags.optimize, sys.flags.inspect, sys.flags.verbose]
    usual = sys.platform == "linux" and not any((*options, sys.warnoptions, sys._xoptions))
    return usual and not _watched() and "torch" not in sys.modules and _all_open()


def _watched() -> bool:
    """Whether a debugger, a profiler or a measure of coverage looks on."""
    monitoring = getattr(sys, "monitoring", None)  # since Python 3.12
    tools = [monitoring.get_tool(number) for number in range(6)] if monitoring else []
    return any(tool is not None for tool in (sys.gettrace(), sys.getprofile(), *tools))


def _all_open() -> bool:
    """Whether the standard streams are there, and text goes through them as UTF-8."""
    with suppress(OSError):
        for number in range(3):
            os.fstat(number)
        return sys.getfilesystemencoding() == "utf-8" and None not in (sys.stdin, sys.stdout, sys.stderr)
    return False


def start_again(module: str) -> None:
    """Replace this process by one with a fork server that calls ``main()`` of ``module``.

    Returns if that is not possible; then nothing has changed.
    """
    from byhand.sandbox import launch  # the isolated interpreter, which reads this module too, does not have it

    own = {
        "module": module,
        "environment": dict(os.environ),
        "arguments": sys.argv,
        "path": sys.path,
        "bytecode": not sys.dont_write_bytecode,
        "streams": {name: _settings(getattr(sys, name)) for name in STREAMS},
    }
    files: list[int] = []
    try:
        files.append(_file(dumps(own).encode()))
        files.append(_file(launch.bundle(with_torch=True, command=files[0])))
        arguments = [sys.executable, "-I", "-B", "-S", "-c", launch.BOOT, str(files[1])]
        os.execve(sys.executable, arguments, launch.environment())
    except OSError:
        for descriptor in files:
            os.close(descriptor)


def _settings(stream: Any) -> dict[str, Any]:
    if not isinstance(stream, TextIOWrapper):
        return {}
    names = ("encoding", "errors", "line_buffering", "write_through")
    return {name: getattr(stream, name) for name in names}


def _file(content: bytes) -> int:
    """A file in memory that an interpreter started by this process can read."""
    descriptor = os.memfd_create("byhand", 0)
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def become(config: Mapping[str, Any], split: Callable[[Mapping[str, Any], int], NoReturn]) -> None:
    """In the new interpreter: import torch, fork the server, then be the command until it ends."""
    with _stopped_quietly(), suppress(Exception):  # a command that needs torch imports again, and reports the error
        Library(config["torch"])
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    server = os.fork()
    if server == 0:
        forkserver.serve(config, _alone(theirs.detach()), split)
    theirs.close()
    _continue(config["command"], server, ours)


@contextmanager
def _stopped_quietly() -> Iterator[None]:
    """Let Ctrl-C end the process without a traceback."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGINT, before)


def _alone(channel: int) -> int:
    """Leave the command's session and folder, and close all that it has open, but for the channel to it."""
    os.setsid()
    os.chdir("/")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    for number in _descriptors():
        if number > 2 and number != channel:
            with suppress(OSError):
                os.close(number)
    return channel


def _descriptors() -> Iterable[int]:
    """The open descriptors; without /proc, all that there usually are: the limit may be a thousand million."""
    try:
        return [int(name) for name in os.listdir("/proc/self/fd")]
    except OSError:
        return range(1 << 12)


def _continue(own: int, server: int, channel: socket.socket) -> None:
    """Become the command that started this interpreter, with everything that was its own."""
    with FileIO(own) as file:
        state = loads(file.readall())
    for name in [name for name in sys.modules if name.partition(".")[0] == "byhand"]:
        del sys.modules[name]  # parts that the sandbox was sent, without the rest of the package
    os.environ.clear()
    os.environ.update(state["environment"])
    import site

    site.main()
    sys.argv[:], sys.path[:], sys.dont_write_bytecode = state["arguments"], state["path"], not state["bytecode"]
    for name, settings in state["streams"].items():
        getattr(sys, name).reconfigure(**settings)
    import_module("byhand.sandbox.launch").adopt(server, channel)
    import_module(state["module"]).main()


if __name__ == "__main__":
    run(sys.argv[1])
