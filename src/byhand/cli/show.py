"""``byhand show``: print a formula with its explanation and its program."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.syntax import Syntax
from rich.text import Text

from byhand.cli._commands import Lang
from byhand.cli._completion import formulas
from byhand.cli._terminal import console, unknown
from byhand.cli._texts import spoken
from byhand.practice.stories import STORIES


def show(
    formula: Annotated[str, typer.Argument(metavar="FORMULA", autocompletion=formulas)],
    lang: Lang = "",
) -> None:
    """Print a formula: its explanation in the user's language, and its program."""
    from byhand.judge.diagnosis.clinic import FORMULAS, formula_named, halves

    found = formula_named(formula)
    if not found:
        raise unknown("FORMULA", "show", formula, FORMULAS)
    story, program = halves(found)
    if spoken() == "zh":
        story = STORIES[found]
    out = console()
    out.print(Text(story.strip()), soft_wrap=True)
    out.print()
    if out.color_system is None:
        out.print(Text(program.strip()), soft_wrap=True)
    else:
        out.print(Syntax(program.strip(), "python", theme="ansi_dark", background_color="default"))
