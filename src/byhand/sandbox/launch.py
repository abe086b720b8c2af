"""Starts the worker: an interpreter that gets a few pipes and, through one of them, its source."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from struct import pack
from typing import Any
from zlib import compress

from byhand.sandbox import readable
from byhand.sandbox.outcome import Limits

PARTS = (
    *("outcome", "wire", "library", "values", "measure", "error_report", "members"),
    *("stand_ins", "local_modules", "machine"),
    *("syscalls", "system", "landlock", "seccomp", "namespaces", "supervisor", "worker"),
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


@dataclass
class Process:
    """A started worker: its supervisor and the judge's ends of its pipes. Closing ``life`` ends it."""

    popen: subprocess.Popen[bytes]
    requests: int
    replies: int
    printed: int
    life: int


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


def start(limits: Limits, off: Collection[str], with_torch: bool) -> Process:
    """Start a worker without waiting for it.

    Raises:
        OSError: no process can be started.
    """
    ours: list[int] = []
    theirs: list[int] = []
    try:
        for _ in range(4):
            reading, writing = os.pipe()
            theirs += [reading, writing]
        requests, request_end, reply_end, replies, printed_end, printed, life, life_end = theirs
        ours = [request_end, reply_end, printed_end, life_end]
        theirs = [requests, replies, printed, life]
        _grow(request_end)
        command = [*_wrapper(off), sys.executable, "-I", "-B", "-S", "-c", BOOT, str(requests)]
        popen = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            cwd="/",
            env=environment(),
            pass_fds=(requests, replies, life),
            start_new_session=True,
        )
    except BaseException:
        for descriptor in {*ours, *theirs}:
            os.close(descriptor)
        raise
    for descriptor in theirs:
        os.close(descriptor)
    config = _config(limits, off, with_torch) | {"replies": replies, "life": life}
    bundle = compress(dumps(config).encode(), 6)
    os.write(request_end, pack("<I", len(bundle)) + bundle)  # fits into the pipe, so the write does not block
    return Process(popen, *ours)


def _grow(descriptor: int) -> None:
    """Enlarge the pipe for the source and large requests; with the usual 64 KiB they only take more turns."""
    import fcntl  # not available on every system

    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, 1 << 20)


def _config(limits: Limits, off: Collection[str], with_torch: bool) -> dict[str, Any]:
    here = Path(__file__).parent
    return {
        "parts": [[name, (here / f"{name}.py").read_text(encoding="utf-8")] for name in PARTS],
        "path": readable.search_path(),
        "readable": readable.readable(),
        "hidden": readable.hidden(),
        "limits": vars(limits),
        "off": sorted(off),
        "torch": with_torch,
    }


def _wrapper(off: Collection[str]) -> list[str]:
    """The command prefix on macOS: a profile that allows reading libraries, and little else."""
    if platform.system() != "Darwin" or "sandbox-exec" in off:
        return []
    return ["/usr/bin/sandbox-exec", "-p", readable.profile()]
