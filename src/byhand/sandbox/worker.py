"""Our own program inside the sandbox: it seals its process, then answers requests, which run a learner's program.

The judge sends this module's source through a pipe.
"""

from __future__ import annotations

import os
import platform
import random
import resource
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from importlib.machinery import PathFinder
from typing import Any, NoReturn

from byhand.sandbox import command, forkserver, landlock, namespaces, older_names, seccomp, supervisor, system
from byhand.sandbox.error_report import describe
from byhand.sandbox.machine import Machine
from byhand.sandbox.wire import HEAD, REPLY_HEADER, REQUEST_HEADER, REQUEST_KEYS, BadFrame, lengths, pack, parse

Config = Mapping[str, Any]
Row = tuple[str, dict[str, str]]
"""Key and placeholders of a :class:`byhand.sandbox.outcome.Reason`."""


class HiddenPackages:
    """Makes packages that the sandbox cannot read look as if they were not installed.

    Otherwise their import raises PermissionError, and programs that handle a missing package expect ImportError.
    """

    def __init__(self, hidden: list[str]) -> None:
        self.hidden = frozenset(hidden)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """As in ``sys.meta_path``: the specification of a module, None if it is hidden or not found."""
        return None if path is None and name in self.hidden else PathFinder.find_spec(name, path, target)

    def invalidate_caches(self) -> None:
        """Look for modules again."""
        PathFinder.invalidate_caches()


def main(config: Config, pipe: int) -> None:
    """Become a fork server, or a command with one, or the one sandbox whose requests come through the pipe."""
    if "channel" in config:
        os.close(pipe)
        forkserver.serve(config, config["channel"], split)
    elif "command" in config:
        os.close(pipe)
        command.become(config, split)
    else:
        split(config, pipe)


def split(config: Config, requests: int) -> NoReturn:
    """Split into the supervisor and the sandbox itself; never returns."""
    linux = sys.platform == "linux"
    spaces = linux and "namespaces" not in config["off"] and namespaces.enter()
    if linux:
        system.adopt_orphans()
    child = os.fork()
    if child:
        for descriptor in (1, 2, requests, config["replies"]):
            os.close(descriptor)
        limits = config["limits"]
        threads = sys.maxsize if "limits" in config["off"] else limits["threads"]
        supervisor.supervise(child, config["life"], limits["cpu"], threads, config["status"])
    try:
        os.close(config["life"])
        if config["status"] is not None:
            os.close(config["status"])
        serve(config, *_hide(requests, config["replies"]), spaces)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    os._exit(1)


def _hide(requests: int, replies: int) -> tuple[int, int]:
    """Move the two pipes to numbers that are hard to guess, and close every other descriptor but 0, 1 and 2.

    The numbers lie above the limit for new descriptors, so nothing can be duplicated over them.
    """
    limit = 900
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 1024 <= hard or hard == resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
        soft = 1024
    first, second = sorted(random.SystemRandom().sample(range(min(200, soft // 2), min(limit, soft)), 2))
    os.dup2(requests, first, inheritable=False)
    os.dup2(replies, second, inheritable=False)
    os.closerange(3, first)
    os.closerange(first + 1, second)
    os.closerange(second + 1, 4096)
    return first, second


def serve(config: Config, requests: int, replies: int, spaces: bool) -> NoReturn:
    """Seal the process, report which layers hold, and answer until the pipe ends."""
    tempfile.tempdir = "/"  # exists, and nothing can be written there
    layers: list[str] = []
    missing: list[Row] = []
    linux, off = sys.platform == "linux", config["off"]
    statm = open("/proc/self/statm", "rb", buffering=0) if linux else None  # noqa: SIM115
    if linux:
        _prefer_as_victim()
        _try("no new privileges", layers, missing, off, system.drop_privileges)
        _try("landlock", layers, missing, off, lambda: landlock.restrict(config["readable"]))
    elif sys.platform == "darwin" and "sandbox-exec" not in off:
        layers.append("sandbox-exec")
    else:
        missing.append(("system", {"system": sys.platform}))
    sys.meta_path[:] = [
        HiddenPackages(config["hidden"]) if finder is PathFinder else finder for finder in sys.meta_path
    ]
    machine = Machine(config["torch"])
    if machine.library.numpy is not None:
        older_names.restore(machine.library.numpy)
    if machine.library.torch is not None:
        machine.library.torch.set_num_threads(1)
        machine.library.torch.compile = _uncompiled
    imported = int(statm.read().split()[0]) * resource.getpagesize() if statm else None
    if statm:
        statm.close()
    if spaces:
        layers.append("namespaces")
    _try("limits", layers, missing, off, lambda: _limit(config["limits"], imported, spaces))
    if linux:
        os.path.realpath = _realpath  # type: ignore[assignment]
        _try("seccomp", layers, missing, off, seccomp.restrict)
    versions = {"python": platform.python_version(), "kernel": platform.release()}
    if machine.library.torch is not None:
        versions["torch"] = str(machine.library.torch.__version__)
    ready = {"ok": True, "layers": layers, "missing": missing, "versions": versions}
    _write(replies, pack(ready, b"", bytes(16), REPLY_HEADER))
    while True:
        _answer(machine, requests, replies)


def _try(name: str, layers: list[str], missing: list[Row], off: list[str], act: Any) -> None:
    """Set up a layer, and note whether it holds."""
    try:
        if name in off:
            missing.append(("layer off", {"layer": name}))
            return
        said = act()
    except OSError as error:
        missing.append(("no layer", {"layer": name, "error": str(error.strerror)}))
    except NotImplementedError:
        missing.append(("no system calls", {"layer": name, "machine": platform.machine()}))
    else:
        if name != "no new privileges":  # part of the next layers, not a layer of its own
            layers.append(said or name)


def _realpath(path: Any, *, strict: bool = False) -> Any:
    """Replaces ``os.path.realpath``: links cannot be read here, and libraries work with this too."""
    if strict:
        os.stat(path)
    return os.path.abspath(path)


def _uncompiled(model: Any = None, **_: Any) -> Any:
    """Replaces ``torch.compile``: it takes many seconds, and no compiler can be started here."""
    return model if model is not None else lambda function: function


def _prefer_as_victim() -> None:
    """Make the kernel's OOM killer choose this process first when memory runs out."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass


def _limit(limits: Mapping[str, Any], imported: int | None, spaces: bool) -> None:
    """Set the kernel's limits. ``imported``: bytes of address space already in use, None if unknown.

    The number of threads is limited only in a namespace of its own: elsewhere the user's other programs would count
    too. There the supervisor counts the sandbox's threads instead.
    """

    def at_most(what: int, soft: int, hard: int | None = None) -> None:
        ceiling = resource.getrlimit(what)[1]
        wanted = [soft, soft if hard is None else hard]
        if ceiling != resource.RLIM_INFINITY:
            wanted = [min(value, ceiling) for value in wanted]
        resource.setrlimit(what, (wanted[0], wanted[1]))

    at_most(resource.RLIMIT_CORE, 0)
    at_most(resource.RLIMIT_FSIZE, 0)
    at_most(resource.RLIMIT_NOFILE, limits["descriptors"])
    at_most(resource.RLIMIT_CPU, limits["cpu"], limits["cpu"] + 1)
    if imported is not None:
        at_most(resource.RLIMIT_AS, imported + limits["memory"])
    if spaces:
        at_most(resource.RLIMIT_NPROC, limits["threads"])


def _read(descriptor: int, count: int) -> bytes:
    """Read ``count`` bytes; exit when the judge has closed the pipe."""
    data = os.read(descriptor, count)
    if len(data) == count:
        return data
    parts = bytearray(data)
    while len(parts) < count:
        data = os.read(descriptor, min(count - len(parts), 1 << 20))
        if not data:
            os._exit(0)
        parts += data
    return bytes(parts)


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _answer(machine: Machine, requests: int, replies: int) -> None:
    """Read a request, and write the machine's answer."""
    header, payload, nonce = lengths(_read(requests, HEAD.size), REQUEST_HEADER)
    request = parse(_read(requests, header), REQUEST_KEYS)
    data = _read(requests, payload) if payload else b""
    answer, content = machine.request(request, data)
    sys.settrace(None)
    sys.setprofile(None)
    for stream in (sys.stdout, sys.stderr):
        with suppress(BaseException):  # the program may have replaced them by anything
            stream.flush()
    try:
        frame = pack(answer, content, nonce, REPLY_HEADER)
    except (BadFrame, ValueError, TypeError) as error:
        report = describe(error, machine.file)
        report["message"] = f"The answer can't be sent: {report['message']}"
        frame = pack(report, b"", nonce, REPLY_HEADER)
    _write(replies, frame)
