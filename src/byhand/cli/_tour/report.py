"""The report of a tour: one self-contained HTML file."""

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
from byhand.cli._texts import say
from byhand.cli._tour import figures
from byhand.cli._tour.plan import DATA, RECIPES, STUDENT, TEACHER, Plan
from byhand.cli._tour.results import SLACK, Result, Score, amount, timing, verdict

ZOOM = {"digits": 0.1, "breast cancer": 0.3}
"""The part of the ROC plot that is shown: its upper left corner."""


def page(results: Sequence[Result], plan: Plan, command: str, seconds: float) -> str:
    """The report, as HTML."""
    prose = _template(say("page prose")).substitute(
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
    return _template("report.html").substitute(body=prose, lang=say("page lang"), seed=plan.seed)


def _template(name: str) -> Template:
    return Template(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _find(results: Sequence[Result], data: str, recipe: str) -> Result:
    return next(result for result in results if (result.data, result.recipe.name) == (data, recipe))


def _verdict(results: Sequence[Result]) -> str:
    kind = "verdict" if all(result.passes for result in results) else "verdict bad"
    return "\n".join(f'<p class="{kind}">{escape(sentence)}</p>' for sentence in verdict(results))


def _students(results: Sequence[Result]) -> str:
    """One sentence per data set that compares the student with its teacher."""
    sentences = []
    for data in DATA:
        teacher, student = _find(results, data, TEACHER), _find(results, data, STUDENT.name)
        right = {"teacher": teacher.byhand.accuracy, "student": student.byhand.accuracy}
        sentences.append(say("students", data=data, many=teacher.parameters, few=student.parameters, **right))
    return escape(" ".join(sentences))


def _loss_figures(results: Sequence[Result]) -> str:
    names = [recipe.name for recipe in RECIPES]
    drawn = [
        figures.losses([_find(results, data, name) for name in names], names, data, say("quantity")) for data in DATA
    ]
    students = [_find(results, data, STUDENT.name) for data in DATA]
    return "\n".join([*drawn, figures.losses(students, DATA, say("titled students"), say("quantity of students"))])


def _table(results: Sequence[Result]) -> str:
    """The table of runs, two rows each."""
    return _tabulate(
        say("table of runs"),
        ("run", "with", "test loss", "accuracy", "auc", "seconds", "largest difference", "bound"),
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
    """The table of all differences, one row per run."""
    return _tabulate(
        say("table of differences"),
        ("run", "step loss", "parameter", "same scores", "bound", "nudged", "mistaken"),
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
    """A table with the runs grouped by data set; ``head`` has keys of texts."""
    body = []
    for data in DATA:
        body.append(f'<tr class="data"><th class="text" colspan="{len(head)}">{escape(data)}</th></tr>')
        body += [row for result in results if result.data == data for row in rows(result)]
    heads = "".join(f'<th scope="col"{_left(name)}>{escape(say(name))}</th>' for name in head)
    lines = ["<table>", f"<caption><span>{escape(caption)}</span></caption>", f"<thead><tr>{heads}</tr></thead>"]
    return "\n".join([*lines, "<tbody>", *body, "</tbody>", "</table>"])


def _left(name: str) -> str:
    return ' class="text"' if name in ("run", "with") else ""


def _facts(results: Sequence[Result], plan: Plan, seconds: float) -> str:
    """All settings needed to repeat the tour, as a description list."""
    facts = [
        (say("fact seed"), str(plan.seed)),
        (say("fact features"), say("standardised")),
        (say("fact training"), say("epochs and batches", epochs=plan.epochs, batch=plan.batch)),
        *((recipe.name, recipe.call) for recipe in (*RECIPES, STUDENT)),
    ]
    for data in DATA:
        teacher, student = _find(results, data, TEACHER), _find(results, data, STUDENT.name)
        layers = say("layers", teacher=_layers(teacher), student=_layers(student), steps=teacher.steps)
        facts.append((data, layers))
    system = f"{platform.system()} {platform.machine()}"
    facts += [
        (say("fact versions"), f"byhand {__version__}, torch {torch.__version__}, scikit-learn {sklearn.__version__}"),
        (say("fact backend"), kernels.current()),
        (say("fact python"), f"{platform.python_implementation()} {platform.python_version()}"),
        (say("fact machine"), say("one core", system=system, cores=os.cpu_count())),
        (say("fact made"), say("when", when=f"{datetime.now():%Y-%m-%d %H:%M}", seconds=seconds)),
    ]
    return "\n".join(f"<dt>{escape(name)}</dt><dd>{escape(fact)}</dd>" for name, fact in facts)


def _layers(result: Result) -> str:
    return "-".join(map(str, result.sizes))
