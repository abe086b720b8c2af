"""``byhand show``: a formula, its story and its program."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.syntax import Syntax
from rich.text import Text

from byhand.cli._terminal import console, failure, meant


def show(
    formula: Annotated[str, typer.Argument(metavar="FORMULA", help="Such as adam, kl_divergence or roc_auc.")],
) -> None:
    """Print a formula: the page and the program that everything else here is held to.

    - `byhand show adam`
    """
    from byhand.judge.diagnosis.clinic import FORMULAS, formula_named, source

    found = formula_named(formula)
    if not found:
        hint = meant(formula, FORMULAS)
        raise failure(f"`FORMULA` of `show` must be one of {', '.join(FORMULAS)}, got {formula}.{hint}")
    _, story, program = source(found).split('"""', 2)
    out = console()
    out.print(Text(story.strip()), soft_wrap=True)
    out.print()
    if out.color_system is None:
        out.print(Text(program.strip()), soft_wrap=True)
    else:
        out.print(Syntax(program.strip(), "python", theme="ansi_dark", background_color="default"))
