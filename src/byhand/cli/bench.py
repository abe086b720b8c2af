"""``byhand bench``: run the benchmarks of a checkout in a separate process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from byhand.cli._commands import Lang
from byhand.cli._names import BENCHMARKS
from byhand.cli._terminal import STOPPED, failure, unknown


def bench(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME", autocompletion=lambda: list(BENCHMARKS))] = None,
    quick: Annotated[bool, typer.Option("--quick")] = False,
    only: Annotated[str, typer.Option("--only", metavar="TEXT")] = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR")] = None,
    lang: Lang = "",
) -> None:
    """Time byhand beside torch, scikit-learn and others, in one run."""
    for name in names or ():
        if name not in BENCHMARKS:
            raise unknown("NAME", "bench", name, BENCHMARKS)
    root = checkout()
    if root is None:
        raise failure("no checkout")
    options = [*(["--quick"] if quick else []), "--only", only, *(["--out", str(out)] if out else [])]
    paths = os.pathsep.join([str(root), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "benchmarks", *(names or ()), *options]
    try:
        code = subprocess.call(command, env=os.environ | {"PYTHONPATH": paths})
    except KeyboardInterrupt:
        raise failure("stopped", STOPPED) from None
    if code:
        raise typer.Exit(code)


def checkout() -> Path | None:
    """The folder with the benchmarks: of an editable installation, or the current folder."""
    places = (Path(__file__).resolve().parents[3], Path.cwd())
    return next((place for place in places if (place / "benchmarks" / "_harness.py").exists()), None)
