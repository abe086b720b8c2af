"""The progress of ``byhand eval``, and its columns as the command line gives them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from byhand.cli._terminal import console
from byhand.cli._texts import say

if TYPE_CHECKING:
    from byhand.evaluate.engines.local import Progress


def split_columns(given: list[str]) -> list[str]:
    """Columns separated by commas; those inside parentheses, brackets or quotes do not separate.

    >>> split_columns(["country, device", "concat(a, ',')"])
    ['country', 'device', "concat(a, ',')"]
    """
    columns = []
    for text in given:
        depth, quote, part = 0, "", ""
        for c in text:
            if quote:
                quote = "" if c == quote else quote
            elif c in "'\"":
                quote = c
            else:
                depth += (c in "([{") - (c in ")]}")
            if c == "," and not quote and depth <= 0:
                columns.append(part.strip())
                part = ""
            else:
                part += c
        columns.append(part.strip())
    return [column for column in columns if column]


@contextmanager
def progress() -> Iterator[Progress]:
    """Shows on standard error what is done, how many rows, and the time left; nothing if that is no terminal."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    out = console(stderr=True)
    if not out.is_terminal or out.is_dumb_terminal:
        yield lambda step, done, rows: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(None), TextColumn("{task.fields[rows]}"))
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=out, transient=True) as bar:
        task, shown = bar.add_task("", total=None, rows=""), ""

        def show(step: str, done: int, rows: int | float | None) -> None:
            nonlocal shown
            is_new = step != shown
            if is_new:
                name = say("pass", n=step.split()[1]) if step.startswith("pass ") else say(step)
                bar.reset(task, description=name, total=rows)
                shown = step
            known = say("so many rows", done=f"{done:,}")
            if isinstance(rows, int):
                known = say("of rows", done=f"{done:,}", rows=f"{rows:,}")
            total = rows if rows is not None and rows >= done else None
            bar.update(task, completed=done, total=total, rows=known, refresh=is_new)

        yield show
