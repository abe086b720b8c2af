"""``byhand explain``: a page of the clinic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markdown import Markdown
from rich.text import Text

from byhand.cli._terminal import console, failure, meant

if TYPE_CHECKING:
    from byhand.judge.diagnosis.clinic import Page


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
    from byhand.judge.diagnosis import clinic
    from byhand.judge.reporting.words import LANGUAGES, language

    if lang is not None and lang not in LANGUAGES:
        raise failure(f"`--lang` of `explain` must be en or zh, got {lang}.")
    spoken = language(lang)
    named = clinic.formula_named(mistake or "")
    if every or mistake is None:
        if mistake is not None and not named:
            known = f"one of {', '.join(clinic.FORMULAS)}, got {mistake}.{meant(mistake, clinic.FORMULAS)}"
            raise failure(f"with `--list`, `MISTAKE` of `explain` must be {known}")
        _list([page for page in clinic.all_pages() if not named or named in (page.formula, *page.also)], spoken)
        return
    if named:
        raise failure(f"{mistake} is a formula: `byhand explain --list {named}` lists what can go wrong in it.")
    pages = {page.id: page for page in clinic.all_pages()}
    found = [page for page in pages.values() if mistake in (page.id, page.name)]
    found = found or [page for page in pages.values() if _speaks_of(page, mistake)]
    if len(found) > MANY:
        _list(found, spoken)
        return
    if not found:
        hint = meant(mistake, [*pages, *(page.name for page in pages.values())])
        raise failure(f"`MISTAKE` of `explain` must be a page that `--list` lists, got {mistake}.{hint}")
    for page in found:
        _show(page, spoken)


def _speaks_of(page: Page, words: str) -> bool:
    """Whether a page's id, or its title in one of the languages, holds these words."""
    return any(words.lower() in text.lower() for text in (page.id, page.en.title, page.zh.title))


def _list(pages: list[Page], lang: str) -> None:
    """A formula after the other, its pages with their titles beside or, where there is no room, below."""
    out = console()
    for formula in dict.fromkeys(page.formula for page in pages):
        out.print(Text(f"{formula}/", "bold"))
        own = [page for page in pages if page.formula == formula]
        width = max(len(page.name) for page in own) + 2
        below = any(2 + width + Text(page.text(lang).title).cell_len > out.width for page in own)
        for page in own:
            name = Text(page.name, "dim" if page.kind == "convention" else "")
            gap = "\n      " if below else " " * (width - len(page.name))
            out.print(Text.assemble("  ", name, gap, page.text(lang).title), soft_wrap=True)


def _show(page: Page, lang: str) -> None:
    from byhand.judge.diagnosis.clinic import CONSTANT
    from byhand.judge.reporting.texts import PHRASES
    from byhand.judge.reporting.words import say

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
