"""``byhand tour``: arguments, progress and table. The work is done in :mod:`byhand.cli._tour`."""

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

from byhand.cli._commands import Lang
from byhand.cli._output import output_folder, write_whole
from byhand.cli._terminal import STOPPED, WRONG, console, failure, is_live, reason
from byhand.cli._texts import say
from byhand.cli._tour.lesson import lesson
from byhand.cli._tour.plan import RUNS, Plan

if TYPE_CHECKING:
    from byhand.cli._tour.results import Result

EPOCHS, QUICK_EPOCHS = 60, 8
REPORT = "report.html"
ROOMY = 72
"""From this width on, columns of the table are separated by two spaces."""


def tour(
    quick: Annotated[bool, typer.Option("--quick")] = False,
    out: Annotated[Path, typer.Option("--out", metavar="DIR")] = Path("byhand-tour"),
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, max=2**32 - 1)] = 0,
    lang: Lang = "",
) -> None:
    """Train, distil and evaluate on real data, beside torch and scikit-learn; then check a learner's notebook."""
    screen = console()
    try:
        with ExitStack() as cleanup:
            try:
                cleanup.enter_context(output_folder(out, REPORT))
            except OSError as error:
                raise failure("no folder", got=out, why=reason(error)) from None
            passed = _tour(screen, quick, out, seed)
    except KeyboardInterrupt:
        raise failure("stopped", STOPPED) from None
    screen.print(say("report", uri=(out / REPORT).resolve().as_uri()), soft_wrap=True)
    lesson(screen)
    if not passed:
        raise typer.Exit(WRONG)


def _tour(screen: Console, quick: bool, out: Path, seed: int) -> bool:
    """Run, show and write the results; returns whether all runs pass."""
    start = perf_counter()
    screen.print(say("loading"))
    try:
        from byhand.cli._tour.report import page
        from byhand.cli._tour.results import timing, verdict
    except ImportError as error:
        if (error.name or "").split(".")[0] not in ("matplotlib", "sklearn"):
            raise
        raise failure("no extra") from None

    plan = Plan(seed, QUICK_EPOCHS if quick else EPOCHS)
    results = _results(screen, plan)
    screen.print()
    for table in _tables(results, screen.width):
        screen.print(table)
        screen.print()
    screen.print(say("legend"), style="dim")
    for sentence in (*verdict(results), timing(results)):
        screen.print(sentence, markup=False)
    command = shlex.join(["byhand", "tour", *(["--quick"] if quick else []), "--seed", str(seed)])
    html = page(results, plan, command, perf_counter() - start)
    try:
        write_whole(out / REPORT, html)
    except OSError as error:
        raise failure("no report", WRONG, folder=out, why=reason(error)) from None
    return all(result.passes for result in results)


def _results(screen: Console, plan: Plan) -> list[Result]:
    """Train, with a progress bar on a terminal, otherwise with a line per finished run."""
    from byhand.cli._tour.runs import run

    screen.print(say("runs", runs=RUNS, epochs=plan.epochs))
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
        task = bar.add_task(say("getting ready"), total=RUNS * plan.epochs, losses="")

        def on_epoch(title: str, ours: float, theirs: float) -> None:
            bar.update(task, advance=1, description=title, losses=say("losses", ours=ours, theirs=theirs))

        for result in run(plan, on_epoch):
            results.append(result)
            screen.print(_line(result))
    return results


def _line(result: Result) -> str:
    """A finished run in fewer than 60 columns."""
    from byhand.cli._tour.results import amount

    flaw = "" if result.passes else say("blind" if result.agrees else "too far")
    fill = {"accuracy": result.byhand.accuracy, "distance": amount(result.difference.largest), "flaw": flaw}
    return say("run done", title=result.title, **fill)


def _tables(results: Sequence[Result], width: int) -> Iterator[Table]:
    """One table per data set. A run has two lines: byhand's, and that of torch and scikit-learn."""
    from byhand.cli._tour.results import amount

    for data in dict.fromkeys(result.data for result in results):
        table = Table(title=data, title_justify="left", box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
        table.padding = (0, 1 if width >= ROOMY else 0, 0, 0)
        for name in ("run", "with"):
            table.add_column(say(name), no_wrap=True)
        for name in ("loss", "accuracy", "auc", "seconds", "difference"):
            table.add_column(say(name), justify="right", no_wrap=True)
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
