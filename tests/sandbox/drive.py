"""Runs attacks in sandboxes, outside the tests: ``python drive.py FOLDER TOKEN MODE ATTACK...``. Prints JSON lines.

``MODE`` is ``sealed``, ``bare`` (sealed without namespaces, as where they are forbidden) or ``off`` (no layer). It is a
separate process because an attack may kill it when the layers are off. ``TOKEN`` is in the environment of the
sandboxes, so that the caller can find processes that are left over.
"""

import ctypes
import json
import os
import socket
import sys
import threading
from pathlib import Path

import byhand.sandbox
from byhand.sandbox import Limits, Sandbox, Stopped, launch

LAYERS = ("landlock", "seccomp", "namespaces", "limits", "no new privileges")
ATTACKS = Path(__file__).parent / "attacks"
TRUTH = ctypes.create_string_buffer(b"wrong")


class Listener:
    """Count connections: TCP, UDP, and two Unix sockets, one with a path and one without."""

    def __init__(self, folder):
        self.hits = 0
        self.tcp, self.udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.tcp.bind(("127.0.0.1", 0))
        self.udp.bind(("127.0.0.1", 0))
        self.unix, self.abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        self.path, self.name = f"{folder}/socket", f"byhand-test-{os.getpid()}"
        self.unix.bind(self.path)
        self.abstract.bind("\0" + self.name)
        self.kept = []
        for server in (self.tcp, self.unix, self.abstract):
            server.listen()
            threading.Thread(target=self._accept, args=(server,), daemon=True).start()
        threading.Thread(target=self._receive, daemon=True).start()

    def _accept(self, server):
        while True:
            self.kept.append(server.accept()[0])
            self.hits += 1

    def _receive(self):
        while self.udp.recv(10):
            self.hits += 1


def prepare(folder):
    """A temporary folder with files to lose, and with descriptors that a careless start would pass on."""
    folder.mkdir()
    (folder / "full").mkdir()
    (folder / "full" / "file").write_text("x")
    (folder / "points").symlink_to("secret")
    canary = folder / "canary"
    canary.write_text("secret")
    canary.chmod(0o600)
    os.set_inheritable(os.open(canary, os.O_RDONLY), True)
    return canary


def state(folder):
    """Everything in the folder that an attack could change, without the listener's own files."""
    return [
        (str(path), s.st_mode, s.st_size, s.st_mtime_ns, s.st_nlink, s.st_ctime_ns)
        for path in sorted(folder.rglob("*"))
        for s in [path.lstat()]
    ]


def run(name, mode, folder, listener):
    canary = prepare(folder)
    before, hits = state(folder), listener.hits
    target = {"canary": str(canary), "folder": str(folder), "source": str(Path(byhand.sandbox.__file__).parents[2])}
    target |= {"pid": os.getpid(), "address": ctypes.addressof(TRUTH), "tcp": listener.tcp.getsockname()[1]}
    target |= {"udp": listener.udp.getsockname()[1], "unix": listener.path, "abstract": listener.name}
    source = (ATTACKS / f"{name}.py").read_bytes()
    off = {"off": LAYERS, "bare": ("namespaces",), "sealed": ()}[mode]
    with_torch = b"# torch" in source
    # The reference imports torch: without the layers, importing it takes torch's time.
    limits = Limits(seconds=20.0 if mode == "off" or with_torch else 5.0)
    seconds = 0.4 if b"contained: too slow" in source or b"or too slow" in source else None
    with Sandbox(limits=limits, trust=mode == "off", layers_off=off, with_torch=with_torch) as sandbox:
        try:
            outcome = attempt(sandbox, source, target, seconds)
        except Stopped as stop:
            outcome = {"kind": stop.kind, "value": False, "message": stop.detail}
        outcome |= {"output": sandbox.output}
    outcome |= {"name": name, "hits": listener.hits - hits, "intact": state(folder) == before}
    return outcome | {"truth": TRUTH.value.decode()}


def attempt(sandbox, source, target, seconds):
    answer, _ = sandbox.request({"op": "load", "file": "attack.py"}, source, seconds=seconds)
    if answer["ok"]:
        call = {"op": "call", "function": "attack", "args": [{"dict": target}], "out": "y"}
        answer, _ = sandbox.request(call, seconds=seconds)
    if not answer["ok"]:
        kind = "forbidden" if answer["forbidden"] else "memory" if answer["memory"] else "error"
        return {"kind": kind, "value": False, "message": f"{answer['error']}: {answer['message']}"}
    answer, data = sandbox.request({"op": "get", "name": "y"})
    return {"kind": "returned", "value": answer["ok"] and any(data), "message": answer.get("message", "")}


def main():
    folder, token, mode, *names = sys.argv[1:]
    environment = launch.environment
    launch.environment = lambda: environment() | {"BYHAND_TEST": token}
    os.environ["JUDGE_SECRET"] = "secret"  # must not arrive in a sandbox
    listener = Listener(folder)
    for number, name in enumerate(names):
        print(json.dumps(run(name, mode, Path(folder) / f"attack-{number}", listener)), flush=True)


if __name__ == "__main__":
    main()
