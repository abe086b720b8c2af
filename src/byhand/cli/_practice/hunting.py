"""``byhand practice --hunt``: a program with one mistake in it, to be named from four or to be mended."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.syntax import Syntax
from rich.text import Text

from byhand.cli._practice.writing import write_new
from byhand.cli._terminal import console, failure
from byhand.cli._texts import say, spoken
from byhand.judge.diagnosis import clinic
from byhand.judge.visible import visible
from byhand.practice.hunts.drawing import Hunt, choices, draw, hunts
from byhand.practice.progress import Progress


def hunt(formula: str, library: str, folder: Path, seed: int, progress: Progress) -> bool:
    """Hand out a hunt; where somebody can answer, ask which mistake it is. Returns whether the answer was not wrong."""
    pool = hunts(formula, library)
    if not pool:
        raise failure("no hunts", library=library, formula=formula)
    seen, solved = progress.seen(), progress.solved_hunts()
    found = draw(pool, seed, seen=seen, last=progress.last_hunt(), solved=solved)
    path = folder / f"hunt_{found.formula}_{found.token}.py"
    if not path.exists():
        write_new(path, found.text)
    progress.drawn(found.token, found.page)
    out, shown = console(), visible(str(path))
    _show(found)
    out.print(say("a mistake in it", path=shown), markup=False, soft_wrap=True)
    pages = choices(found, seed)
    for number, page in enumerate(pages, 1):
        out.print(Text.assemble((f"  {number}  ", "bold"), page.text(spoken()).title), soft_wrap=True)
    if sys.stdin is None or not sys.stdin.isatty():
        out.print(Text(say("mend it", path=shown), "dim"), soft_wrap=True)
        return True
    answer = _answer(len(pages))
    if answer is None:
        out.print(Text(say("mend it", path=shown), "dim"), soft_wrap=True)
        return True
    right = pages[answer - 1].id == found.page
    progress.hunted(found.token, found.page, found=right, named=True)
    _tell(found, right)
    return right


def _show(hunt: Hunt) -> None:
    out, program = console(), hunt.text.strip()
    if out.color_system is None:
        out.print(Text(program), soft_wrap=True)
    else:
        out.print(Syntax(program, "python", theme="ansi_dark", background_color="default", line_numbers=True))
    out.print()


def _answer(last: int) -> int | None:
    """The number that is typed; None for an empty line."""
    while True:
        try:
            typed = console().input(say("which of them", last=last)).strip()
        except EOFError:
            return None
        if not typed:
            return None
        if typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= last:
            return int(typed)


def _tell(hunt: Hunt, right: bool) -> None:
    page = clinic.page(hunt.page).text(spoken())
    out = console()
    out.print(Text(say("named rightly") if right else say("named wrongly"), "bold green" if right else "bold red"))
    out.print(Text(page.title, "bold"))
    out.print(Text(page.summary), soft_wrap=True)
    out.print(Text(say("read more", id=hunt.page), "dim"), soft_wrap=True)
