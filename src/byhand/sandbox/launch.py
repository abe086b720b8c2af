"""Starts workers: forked from a server that has imported torch once, or each in an interpreter of its own.

An interpreter gets a few pipes and, through one of them, its source.
"""

from __future__ import annotations

import atexit
import os
import platform
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from json import dumps
from pathlib import Path
from struct import pack, unpack_from
from typing import Any
from zlib import compress

from byhand.sandbox import readable
from byhand.sandbox.outcome import Limits

PARTS = (
    *("outcome", "wire", "older_names", "library", "values", "measure", "error_report", "members"),
    *("jax_on_numpy", "graphs", "stand_ins", "local_modules", "machine"),
    *("syscalls", "system", "landlock", "seccomp", "namespaces", "supervisor", "forkserver", "command", "worker"),
)
"""The worker's modules, each after the modules that it imports."""

BOOT = """
import sys
from json import loads
from struct import unpack
from types import ModuleType
from zlib import decompress
import builtins, io, os
pipe = io.open(int(sys.argv[1]), "rb", buffering=0, closefd=False)
def take(n):
    data = b""
    while len(data) < n:
        part = pipe.read(n - len(data))
        if not part:
            sys.exit(1)
        data += part
    return data
start = loads(decompress(take(unpack("<I", take(4))[0])))
sys.path[:] = start["path"]
for name in ("byhand", "byhand.sandbox"):
    package = sys.modules[name] = ModuleType(name)
    package.__path__ = []
for name, source in start["parts"]:
    part = sys.modules["byhand.sandbox." + name] = ModuleType("byhand.sandbox." + name)
    setattr(package, name, part)
    part.__dict__["__builtins__"] = dict(vars(builtins))
    exec(compile(source, "<sandbox " + name + ">", "exec"), part.__dict__)
del start["parts"]
part.main(start, pipe.fileno())
"""
"""The boot program: it loads the modules that it is sent. Each module gets its own copy of the built-ins, so that a
learner's program cannot change them."""


class Process:
    """A started worker, by its supervisor, and the judge's ends of its pipes. Closing ``life`` ends it."""

    def __init__(self, requests: int, replies: int, printed: int, life: int) -> None:
        self.requests, self.replies, self.printed, self.life = requests, replies, printed, life

    @property
    def pid(self) -> int | None:
        """The supervisor's process id; None if it did not start."""
        raise NotImplementedError

    def wait(self, seconds: float) -> int | None:
        """The exit code, negative for a signal, once it has ended; None if it has not after ``seconds``."""
        raise NotImplementedError

    def kill(self) -> None:
        """Kill it and its session, and wait until it is gone."""
        if self.pid is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            self.wait(5)

    def close(self) -> None:
        """Close what else it has open here."""


class Started(Process):
    """A worker with an interpreter of its own."""

    def __init__(self, popen: subprocess.Popen[bytes], *pipes: int) -> None:
        super().__init__(*pipes)
        self._popen = popen

    @property
    def pid(self) -> int | None:
        """As above."""
        return self._popen.pid

    def wait(self, seconds: float) -> int | None:
        """As above."""
        with suppress(subprocess.TimeoutExpired):
            return self._popen.wait(seconds)
        return None


class Forked(Process):
    """A worker forked by the fork server; its supervisor reports through the pipe ``status``."""

    def __init__(self, status: int, *pipes: int) -> None:
        super().__init__(*pipes)
        self._status, self._said = status, b""
        self._code: int | None = None

    @property
    def pid(self) -> int | None:
        """As above."""
        self._read(0, 4)
        return unpack_from("<i", self._said)[0] if len(self._said) >= 4 else None

    def wait(self, seconds: float) -> int | None:
        """As above. A supervisor that ends without a report was killed."""
        if self._code is None and self._read(seconds, sys.maxsize):
            self._code = unpack_from("<i", self._said, 4)[0] if len(self._said) >= 8 else -signal.SIGKILL
            self._reaped()
        return self._code

    def _reaped(self) -> None:
        """Wait until the supervisor, which has closed its pipes, is gone from the list of processes too."""
        if self.pid is not None:
            with suppress(OSError):  # it is gone
                descriptor = os.pidfd_open(self.pid)
                select.select([descriptor], [], [], 1)
                os.close(descriptor)

    def close(self) -> None:
        """As above."""
        os.close(self._status)

    def _read(self, seconds: float, enough: int) -> bool:
        """Read the report up to ``enough`` bytes; returns whether it has come to its end."""
        deadline = time.monotonic() + seconds
        while self._code is None and len(self._said) < enough:
            if not select.select([self._status], [], [], max(deadline - time.monotonic(), 0))[0]:
                return False
            part = os.read(self._status, 64)
            if not part:
                return True
            self._said += part
        return False


def environment() -> dict[str, str]:
    """The complete environment of the worker; nothing is inherited.

    torch asks for the user's name and a cache folder; matplotlib needs a folder that could be writable.
    """
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/",
        "USER": "learner",
        "LOGNAME": "learner",
        "LANG": "C.UTF-8",
        "TMPDIR": "/",
        "TORCHINDUCTOR_CACHE_DIR": "/",
        "MPLCONFIGDIR": "/tmp",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "KMP_WARNINGS": "0",
        "KMP_DUPLICATE_LIB_OK": "TRUE",
    }


def start(limits: Limits, off: Collection[str], with_torch: bool, forked: bool = True) -> Process:
    """Start a worker without waiting for it: forked, where that is possible, or with an interpreter of its own.

    Raises:
        OSError: no process can be started.
    """
    forked = forked and sys.platform == "linux"
    ours: list[int] = []
    theirs: list[int] = []
    try:
        for _ in range(4 + forked):
            reading, writing = os.pipe()
            theirs += [reading, writing]
        requests, our_requests, our_replies, replies, our_printed, printed, life, our_life, *status = theirs
        ours = [our_requests, our_replies, our_printed, our_life, *status[:1]]
        theirs = [requests, replies, printed, life, *status[1:]]
        _grow(our_requests)
        if forked:
            message = dumps({"limits": vars(limits), "off": sorted(off)}).encode()
            _fork_server(with_torch, message, theirs)
            return Forked(status[0], *ours[:4])
        config = {"limits": vars(limits), "off": sorted(off), "replies": replies, "life": life, "status": None}
        popen = _interpreter(requests, (requests, replies, life), printed, off)
        os.write(our_requests, bundle(with_torch, **config))  # fits into the pipe, or waits until it is read
        return Started(popen, *ours)
    except BaseException:
        for descriptor in ours:
            os.close(descriptor)
        raise
    finally:
        for descriptor in {*theirs} - {*ours}:
            os.close(descriptor)


def _interpreter(
    source: int, descriptors: tuple[int, ...], printed: int, off: Collection[str] = ()
) -> subprocess.Popen[bytes]:
    """An interpreter that takes its modules and its configuration from the pipe ``source``."""
    return subprocess.Popen(
        [*_wrapper(off), sys.executable, "-I", "-B", "-S", "-c", BOOT, str(source)],
        stdin=subprocess.DEVNULL,
        stdout=printed,
        stderr=printed,
        cwd="/",
        env=environment(),
        pass_fds=descriptors,
        start_new_session=True,
    )


class _Server:
    """A fork server of this process, and the judge's end of the channel to it."""

    def __init__(self, judge: socket.socket, pid: int, popen: subprocess.Popen[bytes] | None = None) -> None:
        self.judge, self.pid, self._popen = judge, pid, popen

    @classmethod
    def started(cls, with_torch: bool) -> _Server:
        """A new one, in an interpreter of its own."""
        judge, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        reading, writing = os.pipe()
        _grow(writing)
        try:
            # The pipe carries only the configuration; after that, requests come through the channel.
            popen = _interpreter(reading, (reading, theirs.fileno()), subprocess.DEVNULL)
            os.write(writing, bundle(with_torch, channel=theirs.fileno()))
        finally:
            theirs.close()
            os.close(reading)
            os.close(writing)
        return cls(judge, popen.pid, popen)

    def send(self, message: bytes, descriptors: list[int]) -> None:
        """Ask for a sandbox with these descriptors; OSError if the server has ended."""
        socket.send_fds(self.judge, [message], descriptors)

    def close(self) -> None:
        """End it; what it has forked goes on."""
        self.judge.close()
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        if self._popen is not None:
            self._popen.wait()
        else:
            with suppress(ChildProcessError):
                os.waitpid(self.pid, 0)


_servers: dict[bool, _Server] = {}
"""By whether they have torch."""
_starting = threading.Lock()


def _fork_server(with_torch: bool, message: bytes, descriptors: list[int]) -> None:
    """Send a request to the fork server, or to a new one if there is none, or it has ended."""
    with _starting:
        if with_torch in _servers:
            with suppress(OSError):
                _servers[with_torch].send(message, descriptors)
                return
            _servers.pop(with_torch).close()
        _servers[with_torch] = _Server.started(with_torch)
        _servers[with_torch].send(message, descriptors)


def adopt(server: int, judge: socket.socket) -> None:
    """Use the fork server, with torch, that was forked off this process (see :mod:`byhand.sandbox.command`)."""
    _servers[True] = _Server(judge, server)


def end_servers() -> None:
    """End the fork servers of this process; sandboxes that they have forked go on."""
    while _servers:
        _servers.popitem()[1].close()


atexit.register(end_servers)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_servers.clear)  # they belong to the parent


def _grow(descriptor: int) -> None:
    """Enlarge the pipe for the source and large requests; with the usual 64 KiB they only take more turns."""
    import fcntl  # not available on every system

    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, 1 << 20)


def bundle(with_torch: bool, **more: Any) -> bytes:
    """What :data:`BOOT` reads: the worker's modules and its configuration."""
    here = Path(__file__).parent
    config = {
        "parts": [[name, (here / f"{name}.py").read_text(encoding="utf-8")] for name in PARTS],
        "path": readable.search_path(),
        "readable": readable.readable(),
        "hidden": readable.hidden(),
        "torch": with_torch,
    }
    packed = compress(dumps(config | more).encode(), 6)
    return pack("<I", len(packed)) + packed


def _wrapper(off: Collection[str]) -> list[str]:
    """The command prefix on macOS: a profile that allows reading libraries, and little else."""
    if platform.system() != "Darwin" or "sandbox-exec" in off:
        return []
    return ["/usr/bin/sandbox-exec", "-p", readable.profile()]
