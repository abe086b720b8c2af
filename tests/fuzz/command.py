"""The whole command on odd files, with odd names, options, streams and environments."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

SECONDS = 15
"""Seconds for the file; each run must end within that, its imports and a margin."""
MARGIN = 45
NAMES = (
    *("a.py", "a.ipynb", "a", "a b.py", "-x.py", "[red]a[bold].py"),
    *("a\x1b]52;c;QQ==\x07.py", "a\n✓ Adam.py", "\u202eyp.py"),
)
BYTES = (b"\xff\xfe.py", b"\xed\xa0\x80.ipynb", b"caf\xe9.py")
"""Names that are not UTF-8."""
OPTIONS = (
    *([], ["--json"], ["--lang", "zh"], ["--hint", "0"], ["--hint", "3"], ["--strict"], ["--html", "page.html"]),
    *(["--html", "."], ["--html", "/dev/full"], ["--html", "no/such/page.html"], ["--html", "FILE"]),
    *(["--as", "cross_entropy=adam"], ["--as", "\x1b[31m=adam"], ["--as", "x=\u2028"], ["--lang", "\x1b[31m"]),
)
ENVIRONMENTS: tuple[dict[str, str], ...] = (
    *({}, {"COLUMNS": "0"}, {"COLUMNS": "1"}, {"COLUMNS": "-5"}, {"COLUMNS": "abc"}, {"TERM": "dumb"}),
    *({"LANG": "C", "PYTHONIOENCODING": "ascii"}, {"PYTHONWARNINGS": "error"}, {"LANG": "zh_CN.UTF-8"}),
)
STREAMS = ("", "", "", "", "<&-", ">&-", "2>&-", ">/dev/full", "| head -c 1")


@dataclass(frozen=True)
class Run:
    """One call of the command, and its result."""

    name: str
    options: list[str]
    environment: dict[str, str]
    streams: str
    data: bytes = field(repr=False)
    code: int
    output: bytes = field(repr=False)
    errors: bytes = field(repr=False)
    seconds: float

    @property
    def faults(self) -> list[str]:
        """The faults of a call, in words."""
        said = self.output + self.errors
        found = {
            "a traceback": b"Traceback (most recent call last)" in said or b"Exception ignored" in said,
            "an exit code of its own": self.code not in (0, 1, 2),
            "a warning": b"Warning:" in self.errors,
            "a control character": any(c in said for c in (b"\x1b", b"\x07", "\u202e".encode(), b"\x9b31m")),
            "`ours`": b'"verdict": "ours"' in said or b"our own fault" in said,
            "no end": self.seconds > SECONDS + MARGIN,
            "nothing said": not said.strip() and self.streams in ("", "<&-"),
            "no JSON": "--json" in self.options and self.streams == "" and self.code < 2 and not _is_json(self.output),
        }
        return [fault for fault, there in found.items() if there]


def _is_json(output: bytes) -> bool:
    try:
        return isinstance(json.loads(output), dict)
    except ValueError:
        return False


def run(name: str, data: bytes, seed: int) -> Run:
    """Check ``data`` as a file with that name or an odd one, with options drawn from ``seed``."""
    rng = random.Random(seed)
    odd = os.fsdecode(rng.choice(BYTES)) if rng.random() < 0.1 else rng.choice(NAMES)
    name = odd if rng.random() < 0.4 else name
    options, environment, streams = list(rng.choice(OPTIONS)), rng.choice(ENVIRONMENTS), rng.choice(STREAMS)
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        options = [name if option == "FILE" else option for option in options]
        command = [sys.executable, "-m", "byhand", "check", f"--file-seconds={SECONDS}", *options, "--", name]
        shell = ["bash", "-c", f'set -o pipefail; "$@" {streams}', "bash", *command]
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "PYTHONPATH") if key in os.environ}
        begun = time.perf_counter()
        try:
            done = subprocess.run(
                shell,
                cwd=folder,
                env={**kept, "LANG": "C.UTF-8", **environment},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS + 2 * MARGIN,
                check=False,
            )
            code, output, errors = done.returncode, done.stdout, done.stderr
        except subprocess.TimeoutExpired as late:
            code, output, errors = -1, late.stdout or b"", late.stderr or b""
        seconds = time.perf_counter() - begun
        if path.read_bytes() != data:
            errors += b"Traceback (most recent call last): the learner's file was written to"
    return Run(name, options, environment, streams, data, code, output, errors, seconds)
