"""The results of several files: a line each, a table, CSV, and an HTML index."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Any

from rich.table import Table
from rich.text import Text

from byhand.cli._several.workers import Done
from byhand.cli._texts import say, spoken
from byhand.judge.reporting.page import document, style
from byhand.judge.reporting.terminal import SIGNS
from byhand.judge.reporting.texts import TASKS, VERDICTS
from byhand.judge.reporting.words import comma
from byhand.judge.reporting.words import say as word
from byhand.judge.visible import visible

COLUMNS = ("file", "definition", "task", "verdict", "mistakes", "cell", "line", "seconds", "error")


def table(files: Sequence[Done]) -> Table:
    """One row per file, one column per task found; each field has the signs of the definitions."""
    lang = spoken()
    found = {definition["task"] for done in files for definition in _judged(done)}
    tasks = [task for task in TASKS if task in found]
    grid = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    grid.add_column(say("file column"), overflow="fold")
    for task in tasks:
        grid.add_column(word(TASKS, task, lang))
    for done in files:
        signs = [_signs(done, task) for task in tasks]
        name = Text(visible(done.file), "" if done.report else "magenta")
        grid.add_row(name, *(Text(" ").join(Text(*SIGNS[verdict]) for verdict in some) for some in signs))
    return grid


def total(files: Sequence[Done]) -> str:
    """How many definitions have each verdict, in how many files."""
    lang = spoken()
    counts = Counter(definition["verdict"] for done in files for definition in _judged(done))
    parts = [f"{word(VERDICTS, verdict, lang)} {counts[verdict]}" for verdict in VERDICTS if counts[verdict]]
    unjudged = sum(bool(done.error) for done in files)
    parts += [say("files not judged", n=unjudged)] if unjudged else []
    return say("files judged", n=len(files), found=comma(lang).join(parts) or "–")


def line(done: Done) -> str:
    """The line that is printed when a file is done."""
    if done.error:
        return f"? {visible(done.file)}  {visible(done.error)}"
    parts = [f"{SIGNS[one['verdict']][0]} {visible(one['name'])}" for one in _judged(done)]
    return f"{visible(done.file)}  {'  '.join(parts) or say('nothing of the seven')}"


def csv_text(files: Sequence[Done]) -> str:
    """One row per definition, and one for each file without any."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for done in files:
        same = {"file": visible(done.file), "seconds": done.report.get("seconds", ""), "error": visible(done.error)}
        rows = [
            {
                "definition": one["name"],
                "task": one["task"],
                "verdict": one["verdict"],
                "mistakes": " ".join(
                    found["mistake"] for found in one["findings"] if found["mistake"] and found["kind"] != "convention"
                ),
                "cell": one["cell"],
                "line": one["line"],
            }
            for one in _judged(done)
        ]
        writer.writerows({**same, **row} for row in rows or [{}])
    return out.getvalue()


def page_names(files: Sequence[Done]) -> list[str]:
    """A unique page name for each file."""
    width = len(str(len(files)))
    plain = ("".join(c if c.isalnum() or c in "._-" else "_" for c in done.file)[-80:] for done in files)
    return [f"{i:0{width}}-{name}.html" for i, name in enumerate(plain, 1)]


def index(files: Sequence[Done]) -> str:
    """The HTML index of the files' pages."""
    lang = spoken()
    rows = []
    for done, name in zip(files, page_names(files), strict=True):
        shown = escape(visible(done.file))
        link = f'<a href="{escape(name)}">{shown}</a>' if done.page else shown
        signs = "".join(
            f'<span class="{one["verdict"]}" title="{escape(word(VERDICTS, one["verdict"], lang))}">'
            f"<b>{SIGNS[one['verdict']][0]}</b> {escape(visible(one['name']))}</span>"
            for one in _judged(done)
        )
        rows.append(
            f"<tr><td>{link}</td><td>{signs or escape(visible(done.error) or say('nothing of the seven'))}</td></tr>"
        )
    body = f'<div class="byhand"><h1>byhand</h1><p class="total">{escape(total(files))}</p>'
    return document("byhand", f'{style()}{body}<table class="files">{"".join(rows)}</table></div>', lang)


def _judged(done: Done) -> list[dict[str, Any]]:
    """Its definitions that are one of the seven."""
    return [one for one in done.report.get("definitions", ()) if one["task"]]


def _signs(done: Done, task: str) -> list[str]:
    return [str(one["verdict"]) for one in _judged(done) if one["task"] == task]
