"""The verified hunts, drawing one of them, and the four pages to choose from."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files
from itertools import islice
from random import Random

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.clinic import Page
from byhand.practice.exercises import LIBRARIES
from byhand.practice.headers import Header
from byhand.practice.hunts.edits import edits
from byhand.practice.hunts.programs import formula_program

__all__ = ["EDITED", "Hunt", "choices", "draw", "hunt", "hunts", "verified"]

CHOICES = 4
EDITED = 100
"""The first form of a hunt that is made by an edit of a reference."""
TOKEN = 8
"""Hexadecimal digits of a token."""


@dataclass(frozen=True)
class Hunt:
    """A program with one mistake in it."""

    formula: str
    library: str
    page: str
    """The id of the page of its mistake: the answer."""
    form: int
    """Which of the page's changes of the formula it is; from :data:`EDITED` on, which of its edits of references."""

    @property
    def token(self) -> str:
        """What names the hunt, and does not tell its answer."""
        text = f"{self.formula} {self.library} {self.page} {self.form}"
        return sha256(text.encode()).hexdigest()[:TOKEN]

    @cached_property
    def text(self) -> str:
        """The program with its mistake, and with its header."""
        return self._with(mistaken=True)

    @cached_property
    def mended(self) -> str:
        """The same program without the mistake."""
        return self._with(mistaken=False)

    def _with(self, mistaken: bool) -> str:
        head = Header("hunt", self.formula, self.library, self.token)
        if self.form >= EDITED:
            program = edits(self.formula, self.library)[self.page][self.form - EDITED].program(mistaken)
        else:
            change = next(islice(clinic.page(self.page).changes(), self.form, None))
            given = {"change": change} if mistaken else {"of": change}
            program = formula_program(self.formula, self.library, **given)
        return f"{head}\n{program}"


@cache
def verified() -> tuple[Hunt, ...]:
    """All hunts for which the judge gives exactly the name of their page; verify.py writes these files."""
    folder = files("byhand.practice").joinpath("hunts", "verified")
    return tuple(
        Hunt(formula, library, page, int(form))
        for library in LIBRARIES
        for formula, pages in json.loads(folder.joinpath(f"{library}.json").read_text("utf-8")).items()
        for page, forms in pages.items()
        for form in forms
    )


def hunts(formula: str = "", library: str = "") -> tuple[Hunt, ...]:
    """The verified hunts of a formula and a library; of all, where none is given."""
    return tuple(one for one in verified() if formula in ("", one.formula) and library in ("", one.library))


def hunt(token: str) -> Hunt:
    """The hunt of a token; KeyError if there is none."""
    return _by_token()[token]


@cache
def _by_token() -> dict[str, Hunt]:
    return {one.token: one for one in verified()}


def draw(
    hunts: Sequence[Hunt], seed: int, *, seen: Sequence[str] = (), last: str = "", solved: Collection[str] = ()
) -> Hunt:
    """One of ``hunts``: unsolved ones first; among these, pages that one's own checks have shown; never ``last`` again.

    Args:
        hunts: at least one.
        seed: of the draw.
        seen: ids of pages that one's own checks have shown.
        last: the token of the last hunt, which is drawn again only if there is no other; nor is one of its page.
        solved: the tokens of solved hunts.

    Raises:
        ValueError: ``hunts`` is empty.
    """
    if not hunts:
        raise ValueError("`hunts` of `draw` must not be empty.")
    before = _by_token().get(last)
    page = before.page if before else ""
    pool = [one for one in hunts if one.page != page] or [one for one in hunts if one.token != last] or list(hunts)
    pool = [one for one in pool if one.token not in solved] or pool
    pool = [one for one in pool if one.page in seen] or pool
    return Random(seed).choice(pool)


def choices(hunt: Hunt, seed: int) -> tuple[Page, ...]:
    """Four pages, the hunt's own among them, in a drawn order; none of the others is the same mistake in numbers."""
    own, rng = clinic.page(hunt.page), Random(f"{hunt.token} {seed}")
    alike = {own.id, *(f"{own.formula}/{name}" for name in own.same)}
    ids = dict.fromkeys(one.page for one in hunts(hunt.formula))
    others = [page for id in ids if id not in alike and own.name not in (page := clinic.page(id)).same]
    chosen = [own, *rng.sample(others, min(CHOICES - 1, len(others)))]
    rng.shuffle(chosen)
    return tuple(chosen)
