"""``byhand explain``: a page of the clinic."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from byhand.cli._terminal import console, failure

if TYPE_CHECKING:
    from byhand.judge.clinic import Page


MANY = 3
"""Pages that are shown at once, if a part of a name fits several."""


def explain(
    mistake: Annotated[
        str | None, typer.Argument(metavar="[MISTAKE]", help="Such as adam/no-bias-correction, or its last part.")
    ] = None,
    every: Annotated[bool, typer.Option("--list", help="List all pages; of one formula, if MISTAKE is one.")] = False,
    lang: Annotated[str | None, typer.Option("--lang", metavar="en|zh", help="By default that of the locale.")] = None,
) -> None:
    """Tell about a mistake: what it is, what it does to the numbers, when it is none, what to write instead.

    - `byhand explain no-bias-correction` finds the page by the last part of its name;
    - `byhand explain --list adam` lists what can go wrong in Adam.
    """
    from byhand.judge import clinic
    from byhand.judge.words import LANGUAGES, language

    if lang is not None and lang not in LANGUAGES:
        raise failure(f"`--lang` of `explain` must be en or zh, got {lang}.")
    spoken = language(lang)
    if every or mistake is None:
        if mistake is not None and mistake not in clinic.FORMULAS:
            raise failure(f"with `--list`, `MISTAKE` of `explain` must be one of {', '.join(clinic.FORMULAS)}.")
        _list([page for page in clinic.all_pages() if mistake in (None, page.formula, *page.also)], spoken)
        return
    pages = {page.id: page for page in clinic.all_pages()}
    found = [page for page in pages.values() if mistake in (page.id, page.name)]
    found = found or [page for page in pages.values() if mistake in page.id]
    if len(found) > MANY or not found:
        names = [*pages, *(page.name for page in pages.values())]
        close = " or ".join(page.id for page in found[:MANY]) or " or ".join(get_close_matches(mistake, names, 3))
        hint = f" Do you mean {close}?" if close else ""
        raise failure(f"`MISTAKE` of `explain` must be a page that `--list` lists, got {mistake}.{hint}")
    for page in found:
        _show(page, spoken)


def _list(pages: list[Page], lang: str) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for page in pages:
        table.add_row(Text(page.id, "dim" if page.kind == "convention" else ""), Text(page.text(lang).title))
    console().print(table)


def _show(page: Page, lang: str) -> None:
    from byhand.judge.clinic import CONSTANT
    from byhand.judge.words import PHRASES, say

    out, text = console(), page.text(lang)
    out.print(Text(text.title, "bold"))
    out.print(Text(page.id, "dim"))
    out.print()
    if page.line:
        wrong = page.becomes[0].replace(CONSTANT, repr(page.constants[0]) if page.constants else "")
        for label, lines, style in (("formula", page.line, "green"), (page.kind, wrong, "red")):
            word = say(PHRASES, label, lang)
            for line in lines.split("\n"):
                gap = " " * (12 - Text(word).cell_len)
                out.print(Text.assemble((word, "dim"), gap, (line, style)), soft_wrap=True)
                word = ""
        out.print()
    out.print(Markdown(text.flowing))
    out.print()
