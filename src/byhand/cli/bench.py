"""``byhand bench``: the benchmarks of a checkout, run in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from byhand.cli._terminal import STOPPED, failure

NAMES = ("cross_entropy", "kl_divergence", "sgd", "momentum", "adam", "adamw", "roc_auc", "grid", "start")


def bench(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help=f"Which: {', '.join(NAMES)}; all if none is named.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Small sizes, one or two repeats: for trying.")] = False,
    only: Annotated[str, typer.Option("--only", metavar="TEXT", help="The rows with TEXT in name/row.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write benchmarks.json, .md and charts there.")
    ] = None,
) -> None:
    """Time byhand beside torch, scikit-learn and others, in one run.

    Prints tables in Markdown; with `--out` writes them, their numbers as JSON, and charts.

    - `byhand bench adamw` times the optimizer;
    - `byhand bench --quick` tries everything on small sizes.
    """
    for name in names or ():
        if name not in NAMES:
            raise failure(f"`NAME` of `bench` must be one of {', '.join(NAMES)}, got {name}.")
    root = checkout()
    if root is None:
        raise failure("the benchmarks are in the repository, not in the package: run `byhand bench` from a checkout.")
    options = [*(["--quick"] if quick else []), "--only", only, *(["--out", str(out)] if out else [])]
    paths = os.pathsep.join([str(root), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "benchmarks", *(names or ()), *options]
    try:
        code = subprocess.call(command, env=os.environ | {"PYTHONPATH": paths})
    except KeyboardInterrupt:
        raise failure("stopped; nothing written.", STOPPED) from None
    if code:
        raise typer.Exit(code)


def checkout() -> Path | None:
    """The folder with the benchmarks: where the package was installed from in place, or the current one."""
    places = (Path(__file__).resolve().parents[3], Path.cwd())
    return next((place for place in places if (place / "benchmarks" / "_harness.py").exists()), None)
