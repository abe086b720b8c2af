"""The command line: ``byhand``, also as ``python -m byhand``. Each command has a module here.

Exit codes are those of :mod:`byhand.cli._terminal`. torch and other slow imports are loaded only when a command needs
them, after its arguments are parsed.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from byhand.cli import bench, check, doctor, explain, practice, show, tour, warmup
from byhand.cli._commands import Command, Commands, Lang, printing
from byhand.cli._completion import read_bash
from byhand.cli._terminal import USAGE, console, failure, settle_width
from byhand.cli._texts import speak

__all__ = ["main"]

app = typer.Typer(
    name="byhand",
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.command(cls=Command)(check.check)
app.command(cls=Command)(practice.practice)
app.command(cls=Command)(explain.explain)
app.command(cls=Command)(show.show)
app.command(cls=Command)(doctor.doctor)
app.command(cls=Command)(tour.tour)
app.command(cls=Command)(bench.bench)
app.command(cls=Command)(warmup.warmup)


def main() -> None:
    """The console script ``byhand``."""
    settle_width()
    speak(sys.argv[1:])
    read_bash()
    _fill_gaps()
    if sys.stdout is None:
        sys.exit(failure("no output").exit_code)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show θ prints ?, and the program goes on
    try:
        with printing():
            app(prog_name="byhand")
    except typer.Exit as end:
        sys.exit(end.exit_code)


def _fill_gaps() -> None:
    """Open the null device for each closed standard descriptor, so that no later file takes its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _show_version(wanted: bool) -> bool:
    if wanted:
        from byhand import __version__

        console().print(f"byhand {__version__}")
        raise typer.Exit
    return wanted


@app.callback()
def _byhand(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True)] = False,
    lang: Lang = "",
) -> None:
    """Without a command: print the help, and exit as for bad usage."""
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
        raise typer.Exit(USAGE)
