"""The command line: ``byhand``, also as ``python -m byhand``. A command is a file here.

Exit codes are those of :mod:`byhand.cli._terminal`. Nothing here imports torch, nor anything else that is slow to
load, before a command has its arguments and needs it.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from byhand.cli import bench, check, doctor, explain, show, tour, warmup
from byhand.cli._terminal import NOBODY_READS, console, failure, settle_width
from byhand.judge.visible import visible

__all__ = ["main"]

EXAMPLES = """
Examples:

- `byhand check notebook.ipynb` says what is wrong with your own versions, and names the mistakes;
- `byhand show adam` prints the formula and its program;
- `byhand tour --quick` shows ours at work in a quarter of a minute;
- `python -m byhand` is the same where the script is not on the path.
"""


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}
"""Why output is not written: as a rule a full disk."""


class _Commands(TyperGroup):
    """All commands; what was typed is shown in no error as it is."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        """Read what was typed."""
        with _shown():
            return super().make_context(*args, **more)

    def invoke(self, ctx: Any) -> Any:
        """Do it; what does not reach the reader of the output is no success."""
        with _shown(), _printing():
            return super().invoke(ctx)


@contextmanager
def _shown() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if isinstance(message := getattr(error, "message", None), str):  # one of typer's
            error.message = visible(message, keep="\n")  # type: ignore[attr-defined]
        raise


@contextmanager
def _printing() -> Iterator[None]:
    """Whatever is printed inside has been written in the end; if it can't be, that is said in a sentence."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
        raise typer.Exit(NOBODY_READS) from None
    except OSError as error:
        if error.errno not in _NO_ROOM or error.filename is not None:
            raise
        _forget_output()
        raise failure(f"output must be to where it can be written, got: {error.strerror}.") from None


def _forget_output() -> None:
    """What is still to be printed goes nowhere, so that Python's own end does not fail on it."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


app = typer.Typer(
    name="byhand",
    cls=_Commands,
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
    settle_width()
    _fill_gaps()
    if sys.stdout is None:
        sys.exit(failure("standard output must be open.").exit_code)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # θ in a terminal without it is a ?, not the end
    try:
        with _printing():
            app(prog_name="byhand")
    except typer.Exit as end:
        sys.exit(end.exit_code)


def _fill_gaps() -> None:
    """A closed descriptor of the first three leads nowhere, and to no file that is opened later."""
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
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """The basics of deep learning, written by hand. Use ours, or check yours."""
