"""``byhand practice --exam``: a paper, a clock, and at the end a score with every mistake named."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from byhand.cli._practice.judged import Judged, judged
from byhand.cli._practice.writing import write_folder
from byhand.cli._terminal import console, failure, is_live, reason
from byhand.cli._texts import say, spoken
from byhand.cli._watch import keys
from byhand.judge.diagnosis import clinic
from byhand.judge.reading.cells import content
from byhand.judge.reporting import words
from byhand.judge.reporting.texts import VERDICTS
from byhand.judge.visible import visible
from byhand.practice.blanks import blank
from byhand.practice.exam import Paper, draw_paper, with_result
from byhand.practice.exercises import Exercise
from byhand.practice.headers import Header
from byhand.practice.hunts.drawing import Hunt
from byhand.practice.judging import Mark, record
from byhand.practice.progress import EXAMS, Progress

if TYPE_CHECKING:
    from byhand.judge.judge import Judge


@dataclass(frozen=True)
class _Open:
    """An exam that has begun, and where its files are."""

    paper: Paper
    folder: Path

    def path(self, number: int) -> Path:
        """The file of a question, counted from 0."""
        question = self.paper.question(self.paper.items[number])
        name = question.name if isinstance(question, Exercise) else f"hunt_{question.formula}"
        return self.folder / f"{number + 1}_{name}.py"


def exam(n: int, minutes: float, library: str, folder: Path | None, seed: int, progress: Progress) -> bool:
    """Begin an exam, or go on with the one that is open. Returns whether everything in it was right, if it ended."""
    before = _going(progress)
    going = before or _begin(n, minutes, library, folder, seed, progress)
    _show(going)
    waited = sys.stdin is not None and sys.stdin.isatty()
    if waited and not _wait(going.paper):
        console().print(Text(say("exam goes on"), "dim"), soft_wrap=True)
        return True
    if not waited and before is None:
        console().print(Text(say("hand in later"), "dim"), soft_wrap=True)
        return True
    return _marked(going, progress)


def _going(progress: Progress) -> _Open | None:
    text = progress.get("exam")
    if text is None:
        return None
    try:
        table = json.loads(text)
        paper = Paper.of_json(table["paper"])
        for item in paper.items:
            paper.question(item)
        return _Open(paper, Path(table["folder"]))
    except (ValueError, KeyError, TypeError):  # of another version of byhand
        progress.put("exam", None)
        return None


def _begin(n: int, minutes: float, library: str, folder: Path | None, seed: int, progress: Progress) -> _Open:
    try:
        paper = draw_paper(n, minutes, library, seed, time.time())
    except ValueError:
        raise failure("questions must be", got=n) from None
    place = folder or Path(time.strftime("exam-%Y%m%d-%H%M%S"))
    going = _Open(paper, place.absolute())
    texts = {}
    for number, item in enumerate(paper.items):
        question = paper.question(item)
        text = blank(question, library, spoken()) if isinstance(question, Exercise) else question.text
        texts[going.path(number).name] = text
    write_folder(going.folder, texts)
    progress.put("exam", json.dumps({"paper": paper.as_json(), "folder": str(going.folder)}))
    return going


def _show(going: _Open) -> None:
    out, left = console(), going.paper.left(time.time())
    out.print(say("exam paper", n=len(going.paper.items), minutes=f"{left / 60:.0f}"), markup=False, soft_wrap=True)
    for number, item in enumerate(going.paper.items):
        what = _title(going.paper.question(item))
        out.print(
            Text.assemble(f"  {number + 1}  ", what, "  ", (visible(str(going.path(number))), "dim")), soft_wrap=True
        )


def _wait(paper: Paper) -> bool:
    """Show the clock until the exam is handed in, or its time is up; False if it is left open."""
    out = console()
    out.print(Text(say("exam keys"), "dim"), soft_wrap=True)
    with keys() as key:
        while left := paper.left(time.time()):
            if is_live(out):
                out.print(f"\r{int(left) // 60:3d}:{int(left) % 60:02d} ", end="", markup=False)
            pressed = key(1.0)
            if pressed == "d":
                break
            if pressed == "q":
                out.print()
                return False
    out.print()
    return True


def _marked(going: _Open, progress: Progress) -> bool:
    """Judge every file, print the score, and close the exam."""
    from byhand.cli.check import opened

    with opened(b"", False) as judge:
        marks = [_mark(judge, going, number, progress) for number in range(len(going.paper.items))]
    score = sum(mark.done for mark in marks)
    console().print(Text(say("score", score=score, total=len(marks)), "bold"))
    _close(going, marks, progress)
    return score == len(marks)


def _mark(judge: Judge, going: _Open, number: int, progress: Progress) -> Mark:
    """The mark of a question, which is recorded and printed."""
    question, path = going.paper.question(going.paper.items[number]), going.path(number)
    try:
        found = judged(judge, content(str(path)), path)
    except OSError as error:
        found = Judged(None, reason(error))
    if isinstance(question, Exercise):
        header = Header("practice", question.id, going.paper.library)
    else:
        header = Header("hunt", question.formula, going.paper.library, question.token)
    mark = (record(progress, found.report, header) if found.report is not None else None) or Mark("todo", False)
    out, lang = console(), spoken()
    sign, style = ("✓", "green") if mark.done else ("✗", "red")
    said = (found.unreadable or words.say(VERDICTS, mark.verdict, lang), style)
    out.print(Text.assemble((f"{sign} ", style), f"{number + 1}  {_title(question)}  ", said), soft_wrap=True)
    answer = () if isinstance(question, Exercise) or mark.done else (question.page,)
    for page in dict.fromkeys((*mark.mistakes, *answer)):
        title = clinic.page(page).text(lang).title
        out.print(Text.assemble("     ", title, "  ", (page, "dim")), soft_wrap=True)
    return mark


def _title(question: Exercise | Hunt) -> str:
    return question.title(spoken()) if isinstance(question, Exercise) else say("mend the program")


def _close(going: _Open, marks: list[Mark], progress: Progress) -> None:
    """Keep the result among the exams; none is open any more."""
    paper = going.paper
    found = dict(zip(paper.items, marks, strict=True))
    with progress.changing(EXAMS, "exam") as kept:
        kept[EXAMS] = with_result(kept[EXAMS], paper.started, paper.minutes, found)
        kept["exam"] = None
