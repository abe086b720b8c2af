"""Whether a sandbox can be sealed on this machine; if not, the tests of the layers are skipped."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import byhand
from byhand.sandbox import Sandbox, Stopped

OPENED = """
room=$(mktemp -d); mount --bind "$1" "$room"; mount -t tmpfs -o mode=755 none "$2"; mkdir -p "$1"
mount --move "$room" "$1"; shift 2; exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
"""
"""Run as root in a mount namespace: only the tree below $1 is visible below $2, which otherwise only root can enter."""


@cache
def why_not():
    with Sandbox(with_torch=False) as sandbox:
        try:
            sandbox.ready()
        except Stopped as stop:
            if stop.kind == "not sealed":
                return stop.detail
            raise
    return ""


def need_a_seal():
    if why_not():
        pytest.skip(why_not())


def as_nobody(*arguments):
    """Run this interpreter as an unprivileged user: the current user, or nobody instead of root."""
    command = [sys.executable, *arguments]
    base = Path(sys.base_prefix).resolve()
    closed = [folder for folder in base.parents if not folder.stat().st_mode & 1]
    if not os.geteuid() and closed:
        inside = next(folder for folder in (base, *base.parents) if folder.parent == closed[-1])
        command = ["unshare", "-m", "sh", "-ec", OPENED, "sh", str(inside), str(closed[-1]), *command]
    elif not os.geteuid():
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    environment = {"PATH": os.environ["PATH"], "HOME": "/", "PYTHONPATH": str(Path(byhand.__file__).parents[1])}
    tried = subprocess.run([*command[: -len(arguments)], "-c", "import byhand.cli"], env=environment, cwd="/")
    if tried.returncode:
        pytest.skip("no ordinary user can run this interpreter here")
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd="/")
