"""Mistakes in the references: edits that no rule could derive from the formula's line."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from byhand.practice.exercises import exercise

__all__ = ["Edit", "edits"]


@dataclass(frozen=True)
class Edit:
    """Lines of a reference, and what a learner may have written in their place."""

    exercise: str
    library: str
    page: str
    right: str
    wrong: str

    def program(self, mistaken: bool) -> str:
        """The reference without its docstrings, with the mistake or right.

        Raises:
            ValueError: the right lines do not stand once in the reference.
        """
        text = _code(exercise(self.exercise).solution(self.library))
        if (times := text.count(self.right)) != 1:
            raise ValueError(
                f"{self.page} in {self.exercise}: its lines stand {times} times in the reference, must be once"
            )
        return text.replace(self.right, self.wrong) if mistaken else text


@cache
def edits(formula: str, library: str) -> dict[str, tuple[Edit, ...]]:
    """The edits of references of a formula in a library, by page."""
    table = tomllib.loads(files("byhand.practice").joinpath("hunts", "edits.toml").read_text("utf-8"))
    found: dict[str, tuple[Edit, ...]] = {}
    for program in table["program"]:
        if program["library"] == library and exercise(program["exercise"]).formula == formula:
            for page, right, wrong in program["edits"]:
                edit = Edit(program["exercise"], library, page, right, wrong)
                found[page] = (*found.get(page, ()), edit)
    return found


def _code(text: str) -> str:
    """A program without the docstrings of the file and of its definition."""
    _, _, rest = text.partition('"""\n\n')
    head, _, body = rest.partition('    """')
    return (head + body.partition('"""\n')[2].lstrip("\n")).lstrip("\n")
