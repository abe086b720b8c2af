"""What the page shows beside verdicts: exercises, drafts and hunts. Nothing here imports torch."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from secrets import randbelow
from typing import Any

from byhand.judge.diagnosis import clinic
from byhand.judge.reporting.words import LANGUAGES
from byhand.practice.blanks import blank
from byhand.practice.exercises import HINTS, LIBRARIES, Exercise, exercise, exercises, next_exercise
from byhand.practice.hunts.drawing import choices, draw, hunt, hunts
from byhand.practice.progress import Progress
from byhand.practice.web import statements

DRAFT_BYTES = 1 << 20
SEEDS = 1 << 31

Table = dict[str, Any]


class Refused(Exception):
    """A request that cannot be answered; the message is one sentence, for the page's own mistakes."""


def overview() -> Table:
    """All exercises in learning order, with what is done."""
    progress = Progress()
    done, tried = progress.done(), progress.tried()
    solved = len(progress.solved_hunts())
    following = next_exercise(done)
    return {
        "exercises": [
            {
                "id": one.id,
                "formula": one.formula,
                "variant": one.variant,
                "level": one.level,
                "minutes": one.minutes,
                "title": both(one.title),
                "done": sorted(done.get(one.id, ())),
                "tried": tried.get(one.id, ""),
            }
            for one in exercises()
        ],
        "libraries": list(LIBRARIES),
        "formulas": list(clinic.FORMULAS),
        "next": following.id if following else None,
        "solved_hunts": solved,
    }


def one_exercise(id: str, library: str) -> Table:
    """An exercise: its statement, its blank, its hints, and the draft that is kept here."""
    found = _exercise(id)
    known_library(library)
    progress = Progress()
    draft = progress.draft(f"{found.id}|{library}")
    return {
        "id": found.id,
        "name": found.name,
        "formula": found.formula,
        "title": both(found.title),
        "task": {lang: statements.prose(found.task(lang)) for lang in LANGUAGES},
        "form": {lang: statements.prose(found.form(lang, library)) for lang in LANGUAGES},
        "lines": {lang: statements.formulas(found.hint(1, lang, library)) for lang in LANGUAGES},
        "story": {lang: statements.story(found.story(lang)) for lang in LANGUAGES},
        "signature": found.signature(library),
        "example": found.example(library),
        "blank": {lang: _without_statement(blank(found, library, lang)) for lang in LANGUAGES},
        "hints": {lang: [found.hint(level, lang, library) for level in range(HINTS)] for lang in LANGUAGES},
        "draft": json.loads(draft) if draft else None,
    }


def solution(id: str, library: str) -> Table:
    """The reference of an exercise."""
    known_library(library)
    return {"text": _exercise(id).solution(library)}


def keep_draft(key: str, text: str, at: float) -> Table:
    """Keep what is in an editor, unless what is kept is newer. ``at``: seconds since 1970, by the browser's clock."""
    if len(text.encode("utf-8", "replace")) > DRAFT_BYTES:
        raise Refused("A draft has at most 1 MB.")
    with Progress().changing_draft(key) as kept:
        before = kept[key]
        if before is None or json.loads(before)["at"] <= at:
            kept[key] = json.dumps({"text": text, "at": at})
    return {}


def new_hunt(formula: str, library: str) -> Table:
    """Another program with a mistake in it."""
    known_library(library)
    found = hunts(formula, library)
    if not found:
        raise Refused("There is no hunt of this formula.")
    progress = Progress()
    seen, last, solved = progress.seen(), progress.last_hunt(), progress.solved_hunts()
    drawn = draw(found, randbelow(SEEDS), seen=seen, last=last, solved=solved)
    progress.drawn(drawn.token, drawn.page)
    return one_hunt(drawn.token)


def one_hunt(token: str) -> Table:
    """A hunt by its token, with four names of which one is its mistake's."""
    found = _hunt(token)
    progress = Progress()
    draft, solved = progress.draft(f"hunt|{token}"), token in progress.solved_hunts()
    return {
        "token": token,
        "formula": found.formula,
        "library": found.library,
        "text": found.text,
        "choices": [
            {"page": one.id, "title": {lang: one.text(lang).title for lang in LANGUAGES}} for one in _four(token)
        ],
        "story": {lang: statements.story(exercise(found.formula).story(lang)) for lang in LANGUAGES},
        "draft": json.loads(draft) if draft else None,
        "solved": solved,
    }


def name_mistake(token: str, page: str) -> Table:
    """Whether a page is the mistake of a hunt; if so it is recorded."""
    found = _hunt(token)
    right = page == found.page
    progress = Progress()
    progress.hunted(token, found.page, found=right, named=True)
    return {"right": right, "page": page, "text": statements.mistake(page)}


def _four(token: str) -> tuple[clinic.Page, ...]:
    return choices(_hunt(token), int(token[:6], 36) if token[:6].isalnum() else len(token))


def _without_statement(text: str) -> str:
    """A blank without its header and its docstring, which stand beside the editor."""
    first = ast.parse(text).body[0]
    lines = text.split("\n")[first.end_lineno if isinstance(first, ast.Expr) else 0 :]
    return "\n".join(lines).lstrip("\n")


def both(say: Callable[[str], str]) -> dict[str, str]:
    """A text in both languages."""
    return {lang: say(lang) for lang in LANGUAGES}


def _exercise(id: str) -> Exercise:
    try:
        return exercise(id)
    except KeyError:
        raise Refused("There is no such exercise.") from None


def _hunt(token: str) -> Any:
    try:
        return hunt(token)
    except KeyError:
        raise Refused("There is no such hunt.") from None


def known_library(library: str) -> None:
    """Raises Refused unless the exercises are there with this library."""
    if library not in LIBRARIES:
        raise Refused("There is no such library.")
