"""The page about a tour: one HTML file that needs nothing else."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from html import escape
from importlib.resources import files
from string import Template

import sklearn
import torch

from byhand import __version__, kernels
from byhand.cli._tour import figures
from byhand.cli._tour.plan import DATA, RECIPES, STUDENT, TEACHER, Plan
from byhand.cli._tour.results import SLACK, Result, Score, amount, timing, verdict

ZOOM = {"digits": 0.1, "breast cancer": 0.3}
"""How much of the ROC curve's square to show: its upper left corner."""


def page(results: Sequence[Result], plan: Plan, command: str, seconds: float) -> str:
    """The report, as HTML."""
    template = Template(files(__package__).joinpath("report.html").read_text(encoding="utf-8"))
    return template.substitute(
        command=escape(command),
        distances=_distances(results),
        drift_figures="\n".join(figures.drift(_find(results, data, TEACHER)) for data in DATA),
        facts=_facts(results, plan, seconds),
        loss_figures=_loss_figures(results),
        roc_figures="\n".join(figures.roc(_find(results, data, TEACHER), ZOOM[data]) for data in DATA),
        seed=plan.seed,
        slack=SLACK,
        students=_students(results),
        table=_table(results),
        teacher=TEACHER,
        temperature=f"{plan.temperature:g}",
        timing=escape(timing(results)),
        verdict=_verdict(results),
    )


def _find(results: Sequence[Result], data: str, recipe: str) -> Result:
    return next(result for result in results if (result.data, result.recipe.name) == (data, recipe))


def _verdict(results: Sequence[Result]) -> str:
    kind = "verdict" if all(result.passes for result in results) else "verdict bad"
    return "\n".join(f'<p class="{kind}">{escape(sentence)}</p>' for sentence in verdict(results))


def _students(results: Sequence[Result]) -> str:
    """How the student compares with its teacher, in a sentence for each data set."""
    sentences = []
    for data in DATA:
        teacher, student = _find(results, data, TEACHER), _find(results, data, STUDENT.name)
        sentences.append(
            f"On {data} the teacher has {teacher.parameters:,} parameters and gets {teacher.byhand.accuracy:.1%} "
            f"right; the student has {student.parameters:,} and gets {student.byhand.accuracy:.1%}."
        )
    return escape(" ".join(sentences))


def _loss_figures(results: Sequence[Result]) -> str:
    names = [recipe.name for recipe in RECIPES]
    drawn = [
        figures.losses([_find(results, data, name) for name in names], names, data, "cross-entropy, nats")
        for data in DATA
    ]
    students = [_find(results, data, STUDENT.name) for data in DATA]
    return "\n".join([*drawn, figures.losses(students, DATA, "students", "T² KL(teacher || student), nats")])


def _table(results: Sequence[Result]) -> str:
    """The runs: two rows each."""
    return _tabulate(
        "Two rows a run: with byhand, and with torch and scikit-learn.",
        ("run", "with", "test loss", "accuracy", "AUC", "seconds", "largest difference", "bound"),
        results,
        _run_rows,
    )


def _run_rows(result: Result) -> Iterator[str]:
    good = "good" if result.passes else "bad"
    yield (
        f'<tr class="first"><th class="text" scope="rowgroup" rowspan="2">{escape(result.recipe.name)}</th>'
        f'<td class="text">byhand</td>{_cells(result.byhand)}'
        f'<td rowspan="2" class="{good}">{amount(result.difference.largest)}</td>'
        f'<td rowspan="2">{amount(result.bound)}</td></tr>'
    )
    yield f'<tr><td class="text">torch</td>{_cells(result.torch)}</tr>'


def _cells(score: Score) -> str:
    return (
        f"<td>{score.loss:.4f}</td><td>{score.accuracy:.2%}</td><td>{score.auc:.5f}</td>"
        f'<td class="seconds">{score.seconds:.2f}</td>'
    )


def _distances(results: Sequence[Result]) -> str:
    """All that is known of the differences: a row a run."""
    return _tabulate(
        "The largest differences of byhand from torch and scikit-learn, the bound, and the two that measure it.",
        ("run", "any step's loss", "any parameter", "AUC of the same scores", "bound", "nudged", "mistaken"),
        results,
        _distance_rows,
    )


def _distance_rows(result: Result) -> Iterator[str]:
    far = result.difference
    values = (far.loss, far.parameter, far.auc, result.bound, result.nudged.largest, result.mistaken.largest)
    cells = "".join(f"<td>{amount(value)}</td>" for value in values)
    yield f'<tr class="first"><th class="text" scope="row">{escape(result.recipe.name)}</th>{cells}</tr>'


def _tabulate(
    caption: str, head: Sequence[str], results: Sequence[Result], rows: Callable[[Result], Iterator[str]]
) -> str:
    """A table in which the runs stand below the name of their data set."""
    body = []
    for data in DATA:
        body.append(f'<tr class="data"><th class="text" colspan="{len(head)}">{escape(data)}</th></tr>')
        body += [row for result in results if result.data == data for row in rows(result)]
    heads = "".join(f'<th scope="col"{_left(name)}>{escape(name)}</th>' for name in head)
    lines = ["<table>", f"<caption><span>{escape(caption)}</span></caption>", f"<thead><tr>{heads}</tr></thead>"]
    return "\n".join([*lines, "<tbody>", *body, "</tbody>", "</table>"])


def _left(name: str) -> str:
    return ' class="text"' if name in ("run", "with") else ""


def _facts(results: Sequence[Result], plan: Plan, seconds: float) -> str:
    """All that is needed to repeat the tour, as a description list."""
    facts = [
        ("seed", str(plan.seed)),
        ("features", "standardised with the mean and the scale of the training samples"),
        ("training", f"{plan.epochs} epochs in batches of {plan.batch}, shuffled anew in each epoch"),
        *((recipe.name, recipe.call) for recipe in (*RECIPES, STUDENT)),
    ]
    for data in DATA:
        teacher, student = _find(results, data, TEACHER), _find(results, data, STUDENT.name)
        facts.append((data, f"layers of {_layers(teacher)}, student {_layers(student)}, {teacher.steps:,} steps"))
    facts += [
        ("versions", f"byhand {__version__}, torch {torch.__version__}, scikit-learn {sklearn.__version__}"),
        ("backend", kernels.current()),
        ("python", f"{platform.python_implementation()} {platform.python_version()}"),
        ("machine", f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, of which one was used"),
        ("made", f"{datetime.now():%Y-%m-%d %H:%M}, in {seconds:.0f} seconds"),
    ]
    return "\n".join(f"<dt>{escape(name)}</dt><dd>{escape(fact)}</dd>" for name, fact in facts)


def _layers(result: Result) -> str:
    return "-".join(map(str, result.sizes))
