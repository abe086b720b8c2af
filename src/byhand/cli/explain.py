"""``byhand explain``: print a page of the clinic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from byhand.cli._commands import Lang
from byhand.cli._completion import mistakes
from byhand.cli._terminal import console, failure, meant
from byhand.cli._texts import say

if TYPE_CHECKING:
    from byhand.judge.diagnosis.clinic import Page


MANY = 3
"""How many pages are shown at once if a part of a name fits several."""


def explain(
    mistake: Annotated[str | None, typer.Argument(metavar="MISTAKE", autocompletion=mistakes)] = None,
    every: Annotated[bool, typer.Option("--list")] = False,
    lang: Lang = "",
) -> None:
    """Print the page of a mistake, or list the pages."""
    from byhand.judge.diagnosis import clinic

    named = clinic.formula_named(mistake or "")
    if every or mistake is None:
        if mistake is not None and not named:
            known, hint = say("comma").join(clinic.FORMULAS), meant(mistake, clinic.FORMULAS)
            raise failure("no formula to list", known=known, got=mistake, meant=hint)
        _list([page for page in clinic.all_pages() if not named or named in (page.formula, *page.also)], lang)
        return
    if named:
        raise failure("a formula", got=mistake, name=named)
    pages = {page.id: page for page in clinic.all_pages()}
    found = [page for page in pages.values() if mistake in (page.id, page.name)]
    found = found or [page for page in pages.values() if _speaks_of(page, mistake)]
    if len(found) > MANY:
        _list(found, lang)
        return
    if not found:
        names = [*pages, *(page.name for page in pages.values())]
        raise failure("no such page", got=mistake, meant=meant(mistake, names))
    for page in found:
        _show(page, lang)


def _speaks_of(page: Page, words: str) -> bool:
    """Whether a page's id, or its title in one of the languages, contains these words."""
    return any(words.lower() in text.lower() for text in (page.id, page.en.title, page.zh.title))


def _list(pages: list[Page], lang: str) -> None:
    """Print the pages of each formula, with titles beside the names, or below if the terminal is narrow."""
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
    from rich.markdown import Markdown

    from byhand.judge.diagnosis.clinic import CONSTANT
    from byhand.judge.reporting import words
    from byhand.judge.reporting.texts import PHRASES

    out, text = console(), page.text(lang)
    out.print(Text(text.title, "bold"))
    out.print(Text(page.id, "dim"))
    out.print()
    if page.line:
        wrong = page.becomes[0].replace(CONSTANT, repr(page.constants[0]) if page.constants else "")
        for label, lines, style in (("formula", page.line, "green"), (page.kind, wrong, "red")):
            word = words.say(PHRASES, label, lang)
            for line in lines.split("\n"):
                gap = " " * (12 - Text(word).cell_len)
                out.print(Text.assemble((word, "dim"), gap, (line, style)), soft_wrap=True)
                word = ""
        out.print()
    out.print(Markdown(text.flowing))
    out.print()
