"""``byhand tour``: arguments, progress and table. The work is in :mod:`byhand.cli._tour`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from byhand.cli._output import output_folder, write_whole
from byhand.cli._terminal import STOPPED, WRONG, console, failure, is_live
from byhand.cli._tour.lesson import lesson
from byhand.cli._tour.plan import RUNS, Plan

if TYPE_CHECKING:
    from byhand.cli._tour.results import Result

EPOCHS, QUICK_EPOCHS = 60, 8
REPORT = "report.html"
ROOMY = 72
"""Columns from which on there is room for two spaces between those of the table."""
LEGEND = """\
with torch: the AUC is scikit-learn's.
difference: the largest in any step's loss, any parameter
and the AUC; below it, how much of it rounding may explain.
"""


def tour(
    quick: Annotated[bool, typer.Option("--quick", help="Train less: a quarter of a minute, not one or two.")] = False,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder for report.html; it is made if missing.")
    ] = Path("byhand-tour"),
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, max=2**32 - 1, help="The same N gives the same numbers.")
    ] = 0,
) -> None:
    """Train, distil and evaluate on real data, beside torch and scikit-learn.

    Small networks learn handwritten digits and breast cancer, from the same start on the same batches, once with
    byhand and once with torch: by SGD, momentum, Adam and AdamW; then a student learns from the AdamW network. You
    see what they reach, how long it takes and how far the two are apart, and get a page with the curves. Last, a
    learner's notebook is checked.

    Exits with 1 if byhand differs from torch or scikit-learn by more than rounding explains.

    - `byhand tour --quick` is for the impatient;
    - `byhand tour --seed 7 --out seven` starts and shuffles otherwise, and leaves its page in `seven`.
    """
    screen = console()
    try:
        with ExitStack() as cleanup:
            try:
                cleanup.enter_context(output_folder(out, REPORT))
            except OSError as error:
                raise failure(f"`--out` of `tour` must be a folder to write in, got {out}: {error.strerror}.") from None
            passed = _tour(screen, quick, out, seed)
    except KeyboardInterrupt:
        raise failure("stopped; nothing written.", STOPPED) from None
    screen.print(f"Report: {(out / REPORT).resolve().as_uri()}\n", soft_wrap=True)
    lesson(screen)
    if not passed:
        raise typer.Exit(WRONG)


def _tour(screen: Console, quick: bool, out: Path, seed: int) -> bool:
    """Run, show, write; whether all is well."""
    start = perf_counter()
    screen.print("Loading torch, scikit-learn and matplotlib ...")
    try:
        from byhand.cli._tour.report import page
        from byhand.cli._tour.results import timing, verdict
    except ImportError as error:
        if (error.name or "").split(".")[0] not in ("matplotlib", "sklearn"):
            raise
        raise failure("`tour` needs scikit-learn and matplotlib: pip install 'byhand[tour]'") from None

    plan = Plan(seed, QUICK_EPOCHS if quick else EPOCHS)
    results = _results(screen, plan)
    screen.print()
    for table in _tables(results, screen.width):
        screen.print(table)
        screen.print()
    screen.print(LEGEND, style="dim")
    for sentence in (*verdict(results), timing(results)):
        screen.print(sentence, markup=False)
    command = shlex.join(["byhand", "tour", *(["--quick"] if quick else []), "--seed", str(seed)])
    html = page(results, plan, command, perf_counter() - start)
    try:
        write_whole(out / REPORT, html)
    except OSError as error:
        raise failure(f"the report could not be written in {out}: {error.strerror}.", WRONG) from None
    return all(result.passes for result in results)


def _results(screen: Console, plan: Plan) -> list[Result]:
    """Train, with a bar where there is a terminal and a line for every run that is done."""
    from byhand.cli._tour.runs import run

    screen.print(f"{RUNS} runs of {plan.epochs} epochs, each with byhand and with torch; Ctrl-C stops.\n")
    columns = (
        SpinnerColumn("line"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[losses]}"),
    )
    results = []
    with Progress(*columns, console=screen, transient=True, expand=True, disable=not is_live(screen)) as bar:
        task = bar.add_task("getting ready", total=RUNS * plan.epochs, losses="")

        def on_epoch(title: str, ours: float, theirs: float) -> None:
            bar.update(task, advance=1, description=title, losses=f"loss {ours:.4f} {theirs:.4f}")

        for result in run(plan, on_epoch):
            results.append(result)
            screen.print(_line(result))
    return results


def _line(result: Result) -> str:
    """A finished run in less than 60 columns."""
    from byhand.cli._tour.results import amount

    flaw = "" if result.passes else ": proves nothing" if result.agrees else ": too far"
    distance = amount(result.difference.largest)
    return f"{result.title:<24}{result.byhand.accuracy:7.2%} right, {distance:>7} from torch{flaw}"


def _tables(results: Sequence[Result], width: int) -> Iterator[Table]:
    """A table a data set. A run is a row of two lines: with byhand, with torch and scikit-learn."""
    from byhand.cli._tour.results import amount

    for data in dict.fromkeys(result.data for result in results):
        table = Table(title=data, title_justify="left", box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
        table.padding = (0, 1 if width >= ROOMY else 0, 0, 0)
        for name in ("run", "with"):
            table.add_column(name, no_wrap=True)
        for name in ("loss", "accuracy", "AUC", "seconds", "difference"):
            table.add_column(name, justify="right", no_wrap=True)
        for result in results:
            if result.data == data:
                pair = (result.byhand, result.torch)
                sign, style = ("<=", "green") if result.agrees else (">", "red")
                table.add_row(
                    result.recipe.name,
                    "byhand\ntorch",
                    "\n".join(f"{side.loss:.4f}" for side in pair),
                    "\n".join(f"{side.accuracy:.2%}" for side in pair),
                    "\n".join(f"{side.auc:.4f}" for side in pair),
                    "\n".join(f"{side.seconds:.2f}" for side in pair),
                    f"[{style}]{amount(result.difference.largest)}[/{style}]\n{sign} {amount(result.bound)}",
                )
        yield table
