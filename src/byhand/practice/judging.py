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

__all__ = ["Mark", "asked", "mark", "mark_hunt", "mark_of", "mistakes", "named", "record", "record_file"]

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
    found = _definitions(report, exercise.formula)
    pages = mistakes(report)
    if not found:
        return Mark("todo", False, pages)
    name = exercise.definition("torch").name
    found.sort(key=lambda one: (one.definition.name != name, one.verdict == "todo"))
    return _marked(found[0], exercise, pages)


def mark_hunt(report: Report, hunt: Hunt) -> Mark:
    """Whether a hunt's program has been mended: everything of its formula in it is right."""
    found = _definitions(report, hunt.formula)
    wrong = next((one for one in found if one.verdict not in SOLVED), None)
    verdict = wrong.verdict if wrong else "right" if found else "todo"
    return Mark(verdict, bool(found) and wrong is None, mistakes(report))


def _definitions(report: Report, formula: str) -> list[Judgement]:
    return [one for one in report.judgements if one.task == formula and one.definition.kind == "definition"]


def asked(header: Header) -> Exercise | Hunt | None:
    """The exercise or the hunt of a header; None if there is none any more."""
    try:
        return hunt(header.token) if header.kind == "hunt" else exercise(header.name)
    except KeyError:
        return None


def named(header: Header | None) -> dict[str, str]:
    """What the definition that an exercise asks for is one of: {"entropy": "cross_entropy"}."""
    question = asked(header) if header is not None else None
    if header is None or not isinstance(question, Exercise):
        return {}
    return {question.definition(header.library).name: question.formula}


def mark_of(report: Report, header: Header) -> Mark | None:
    """How what a header asks for stands; None if there is no such exercise or hunt any more."""
    question = asked(header)
    if question is None:
        return None
    return mark(report, question) if isinstance(question, Exercise) else mark_hunt(report, question)


def mistakes(report: Report) -> tuple[str, ...]:
    """The pages of all mistakes that a report names."""
    found = (finding for one in report.judgements for finding in one.findings if finding.kind == "mistake")
    return tuple(dict.fromkeys(finding.mistake for finding in found if finding.mistake))


def record(progress: Progress, report: Report, header: Header, *, hints: int = 0) -> Mark | None:
    """Mark what a file of this header holds, and keep it; None if there is no such exercise or hunt any more."""
    question, found = asked(header), mark_of(report, header)
    if question is None or found is None:
        return None
    if isinstance(question, Exercise):
        if found.verdict != "todo":
            progress.attempt(question.id, header.library, found.verdict, found.done, found.mistakes, hints)
    elif found.done:
        progress.hunted(question.token, question.page, found=True, named=False)
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
