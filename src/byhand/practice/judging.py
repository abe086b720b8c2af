"""What a report says of an exercise or a hunt, and that it is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byhand.practice.exercises import Exercise, exercise
from byhand.practice.headers import Header, header_of
from byhand.practice.hunts.drawing import Hunt, hunt

if TYPE_CHECKING:
    from byhand.judge.model import Judgement, Report
    from byhand.practice.progress import Progress

__all__ = ["Mark", "mark", "mark_hunt", "mistakes", "record", "record_file"]

SOLVED = ("right", "convention")
"""Verdicts with which an exercise is done."""


@dataclass(frozen=True)
class Mark:
    """How an exercise, or a hunt, stands."""

    verdict: str
    """Of the judge; "todo" if nothing is written."""
    done: bool
    mistakes: tuple[str, ...] = ()
    """The ids of the pages that were found."""
    why: str = ""
    """Why it is not done although nothing is wrong: "another variant", "library", "fragile"; "" else."""


def mark(report: Report, exercise: Exercise) -> Mark:
    """How an exercise stands: by the definition of its formula that comes nearest to it."""
    found = [one for one in report.judgements if one.task == exercise.formula and one.definition.kind == "definition"]
    pages = mistakes(report)
    if not found:
        return Mark("todo", False, pages)
    name = exercise.definition("torch").name
    found.sort(key=lambda one: (one.definition.name != name, one.verdict == "todo"))
    return _marked(found[0], exercise, pages)


def mark_hunt(report: Report, hunt: Hunt) -> Mark:
    """Whether a hunt's program has been mended: everything of its formula in it is right."""
    found = [one for one in report.judgements if one.task == hunt.formula and one.definition.kind == "definition"]
    wrong = next((one for one in found if one.verdict not in SOLVED), None)
    verdict = wrong.verdict if wrong else "right" if found else "todo"
    return Mark(verdict, bool(found) and wrong is None, mistakes(report))


def mistakes(report: Report) -> tuple[str, ...]:
    """The pages of all mistakes that a report names."""
    found = (finding for one in report.judgements for finding in one.findings if finding.kind == "mistake")
    return tuple(dict.fromkeys(finding.mistake for finding in found if finding.mistake))


def record(progress: Progress, report: Report, header: Header, *, hints: int = 0) -> Mark | None:
    """Mark what a file of this header holds, and keep it; None if there is no such exercise or hunt any more."""
    try:
        if header.kind == "hunt":
            drawn = hunt(header.token)
            found = mark_hunt(report, drawn)
            if found.done:
                progress.hunted(drawn.token, drawn.page, found=True, named=False)
            return found
        asked = exercise(header.name)
    except KeyError:
        return None
    found = mark(report, asked)
    if found.verdict != "todo":
        progress.attempt(asked.id, header.library, found.verdict, found.done, found.mistakes, hints)
    return found


def record_file(progress: Progress, report: Report, text: str) -> tuple[Header, Mark] | None:
    """Keep what a check of any file shows; its header and its mark if it is one of ``byhand practice``, else None.

    The mistakes of other files are kept too, once there is any progress: hunts begin with them.
    """
    header = header_of(text)
    if header is None:
        if progress.exists and (pages := mistakes(report)):
            progress.saw(pages)
        return None
    found = record(progress, report, header)
    return None if found is None else (header, found)


def _marked(judgement: Judgement, exercise: Exercise, pages: tuple[str, ...]) -> Mark:
    verdict = judgement.verdict
    if verdict not in SOLVED:
        return Mark(verdict, False, pages, verdict if verdict in ("library", "fragile") else "")
    lacks = set(exercise.parameters) - set(judgement.definition.parameters)
    called = judgement.convention.get("arguments", "")
    other = bool(exercise.arguments) and not any(called.startswith(start) for start in exercise.arguments)
    slower = bool({finding.mistake for finding in judgement.findings} & set(exercise.without))
    missed = bool(lacks) or other or slower
    return Mark(verdict, not missed, pages, "another variant" if missed else "")
