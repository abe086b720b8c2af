"""The command line: ``byhand``, also as ``python -m byhand``. A command is a file here.

Exit codes are those of :mod:`byhand.cli._terminal`. Nothing here imports torch, nor anything else that is slow to
load, before a command has its arguments and needs it.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from byhand.cli import bench, check, doctor, explain, show, tour, warmup
from byhand.cli._terminal import console

__all__ = ["main"]

EXAMPLES = """
Examples:

- `byhand check notebook.ipynb` says what is wrong with your own versions, and names the mistakes;
- `byhand show adam` prints the formula and its program;
- `byhand tour --quick` shows ours at work in a quarter of a minute;
- `python -m byhand` is the same where the script is not on the path.
"""

app = typer.Typer(
    name="byhand",
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    epilog=EXAMPLES,
)
app.command()(check.check)
app.command()(explain.explain)
app.command()(show.show)
app.command()(doctor.doctor)
app.command()(tour.tour)
app.command()(bench.bench)
app.command()(warmup.warmup)


def main() -> None:
    """The console script ``byhand``."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # θ in a terminal without it is a ?, not the end
    app(prog_name="byhand")


def _show_version(wanted: bool) -> bool:
    if wanted:
        from byhand import __version__

        console().print(f"byhand {__version__}")
        raise typer.Exit
    return wanted


@app.callback()
def _byhand(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """The basics of deep learning, written by hand. Use ours, or check yours."""
