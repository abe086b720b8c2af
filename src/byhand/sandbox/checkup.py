"""Tests the layers on this machine by small attacks that do no harm even if they succeed.

Each attack runs in a sealed sandbox, and again in sandboxes with one layer only, which shows the layers that would stop
it alone. The targets are a temporary file, sockets of our own, and this process.
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from byhand.sandbox.outcome import Limits, Reason, Stopped
from byhand.sandbox.sandbox import Sandbox

LAYERS = ("landlock", "seccomp", "namespaces", "limits")
ALL_OFF = frozenset({*LAYERS, "no new privileges", "sandbox-exec"})
PROGRAM = """
import mmap, os, socket

def read_file(t):
    with open(t["file"]) as file:
        return file.read() == "secret"

def write_file(t):
    with open(t["file"] + ".new", "w") as file:
        return file.write("x") == 1

def delete_file(t):
    os.remove(t["victim"])
    return True

def read_environment(t):
    with open(f"/proc/{t['pid']}/environ", "rb") as file:
        return len(file.read()) >= 0

def tcp(t):
    with socket.create_connection(("127.0.0.1", t["tcp"]), 2):
        return True

def udp(t):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        return sender.sendto(b"x", ("127.0.0.1", t["udp"])) == 1

def unix(t):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(t["unix"])
        return True

def fork(t):
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return True

def run_program(t):
    child = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 0"], {})
    return os.waitpid(child, 0)[1] == 0

def signal_judge(t):
    os.kill(t["pid"], 0)
    return True

def take_memory(t):
    return len(mmap.mmap(-1, 3 << 30)) > 0  # never touched: nothing suffers
"""
ATTACKS = (
    *("read_file", "write_file", "delete_file", "read_environment", "tcp", "udp", "unix"),
    *("fork", "run_program", "signal_judge", "take_memory"),
)
STOPPED_BY_JUDGE = {
    "loop": "def loop(t):\n    while True:\n        pass\n",
    "flood": "def flood(t):\n    while True:\n        print('x' * 1000)\n",
}
"""Attacks that the judge stops instead of a layer, by a time limit and by counting output; each ends its sandbox."""
HONEST = """
import torch

def honest(t):
    x = torch.ones(3, requires_grad=True)
    torch.nn.functional.cross_entropy(x[None] * 2, torch.tensor([1])).backward()
    return bool(x.grad.sum().abs() < 1e-5)
"""


@dataclass(frozen=True)
class Attack:
    """The result of an attack: whether a sealed sandbox stopped it, and the layers that stop it on their own."""

    name: str
    stopped: bool
    by: tuple[str, ...]


@dataclass
class Checkup:
    """The result of :func:`examine`.

    Attributes:
        sealed: every layer that is needed holds, every attack was stopped, and an honest program ran.
        honest: an honest torch program ran in the sealed sandbox.
        layers: the layers that hold, in words.
        missing: the layers that do not hold, and other problems.
        versions: of Python, torch and the kernel.
        attempts: one for each attack; the name is that in the ``--json`` output.
    """

    sealed: bool = False
    honest: bool = False
    layers: tuple[str, ...] = ()
    missing: tuple[Reason, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    attempts: list[Attack] = field(default_factory=list)


def examine() -> Checkup:
    """Try the attacks. Takes a few seconds, mostly for the import of torch."""
    checkup = Checkup()
    if os.name != "posix":
        checkup.missing = (Reason("system", {"system": sys.platform}),)
        return checkup
    with Sandbox(trust=True) as sandbox, _victims() as target:
        try:
            sandbox.ready()
            checkup.layers, checkup.missing, checkup.versions = sandbox.layers, sandbox.missing, sandbox.versions
            succeeded = _try(sandbox, target, ATTACKS)
            checkup.honest = bool(_load(sandbox, HONEST) and _succeeds(sandbox, "honest", target))
        except Stopped as stop:
            checkup.missing = (*checkup.missing, stop.reason)
            return checkup
        alone = {layer: _with_only(layer, target) for layer in LAYERS} if os.path.exists("/proc/self") else {}
    for name in ATTACKS:
        by = tuple(layer for layer, done in alone.items() if done is not None and name not in done)
        checkup.attempts.append(Attack(name, name not in succeeded, by))
    checkup.attempts += [
        Attack(name, _stopped_by_judge(name, source), ("judge",)) for name, source in STOPPED_BY_JUDGE.items()
    ]
    stopped = all(attack.stopped for attack in checkup.attempts)
    checkup.sealed = stopped and checkup.honest and not checkup.missing
    return checkup


@contextmanager
def _victims() -> Iterator[dict[str, object]]:
    """The targets of the attacks: files and sockets of our own, removed afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="byhand-doctor-")))
        (folder / "secret").write_text("secret")
        tcp = stack.enter_context(socket.socket())
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        for server in (tcp, udp):
            server.bind(("127.0.0.1", 0))
        unix.bind(str(folder / "socket"))
        tcp.listen(16)
        unix.listen(16)
        yield {
            "file": str(folder / "secret"),
            "victim": str(folder / "victim"),
            "pid": os.getpid(),
            "tcp": tcp.getsockname()[1],
            "udp": udp.getsockname()[1],
            "unix": str(folder / "socket"),
        }


def _load(sandbox: Sandbox, source: str) -> bool:
    return bool(sandbox.request({"op": "load", "file": "checkup.py"}, source.encode())[0]["ok"])


def _succeeds(sandbox: Sandbox, name: str, target: dict[str, object], seconds: float = 5.0) -> bool:
    call: dict[str, object] = {"op": "call", "function": name, "args": [{"dict": target}], "out": "done"}
    if not sandbox.request(call, seconds=seconds)[0]["ok"]:
        return False
    return any(sandbox.request({"op": "get", "name": "done"})[1])


def _try(sandbox: Sandbox, target: dict[str, object], names: tuple[str, ...]) -> set[str]:
    """The attacks among ``names`` that succeed in ``sandbox``."""
    Path(str(target["victim"])).write_text("x")
    _load(sandbox, PROGRAM)
    return {name for name in names if _succeeds(sandbox, name, target)}


def _with_only(layer: str, target: dict[str, object]) -> set[str] | None:
    """The attacks that succeed with ``layer`` alone; None if the layer is not available."""
    with Sandbox(trust=True, layers_off=ALL_OFF - {layer}, with_torch=False) as sandbox:
        try:
            sandbox.ready()
            if not any(held.lower().startswith(layer) for held in sandbox.layers):
                return None
            return _try(sandbox, target, ATTACKS)
        except Stopped:
            return None


def _stopped_by_judge(name: str, source: str) -> bool:
    """Whether the judge stops an attack that no layer stops."""
    with Sandbox(limits=Limits(seconds=5.0), trust=True, with_torch=False) as sandbox:
        try:
            _load(sandbox, source)
            _succeeds(sandbox, name, {}, 0.3)
        except Stopped as stop:
            return stop.kind in ("too slow", "too much output")
    return False
