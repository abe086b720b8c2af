"""``byhand practice --watch``: one screen that shows the verdict at each save; keys for hint, next, list and quit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from byhand.cli._practice.counting import sentence, standing
from byhand.cli._practice.judged import Judged, judged
from byhand.cli._practice.listing import about, show_list
from byhand.cli._practice.writing import show_hints, write_blank
from byhand.cli._terminal import console, failure_saying, is_live, reason
from byhand.cli._texts import say, spoken
from byhand.cli._watch import POLL, Watched, keys
from byhand.judge.reading.cells import content
from byhand.judge.visible import visible
from byhand.practice.exercises import HINTS, Exercise, exercise, next_exercise
from byhand.practice.headers import Header
from byhand.practice.judging import Mark, record
from byhand.practice.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from byhand.judge.judge import Judge

PLACE = 1
"""The level of a report that says where the mistake is; hints may reveal more."""


@dataclass(frozen=True)
class _Work:
    """What is on the screen."""

    exercise: Exercise
    library: str
    path: Path
    hints: int = -1
    """The last hint that is shown; -1 if none is."""


def watch(asked: Exercise | None, library: str, folder: Path, progress: Progress) -> None:
    """Judge the file of an exercise at each save, until q or Ctrl-C; an exercise that has no file yet gets one."""
    from byhand.cli.check import opened

    work = _work(asked or _current(progress), library, folder, progress)
    data = _content(work.path)
    with opened(data, False, watched=True) as judge, keys() as key:
        while True:
            found = judged(judge, data, work.path)
            mark = _recorded(work, found, progress)
            _screen(work, found, mark, progress)
            judge.sandbox.ready()
            following = _until(work, data, key, found, mark, progress, judge)
            if following is None:
                return
            work, data = following


def _until(
    work: _Work,
    data: bytes,
    key: Callable[[float], str],
    found: Judged,
    mark: Mark | None,
    progress: Progress,
    judge: Judge,
) -> tuple[_Work, bytes] | None:
    """The work and its content when something is to be judged again; None to end."""
    watched = Watched(str(work.path), data, content, _unreadable)
    while True:
        pressed = key(POLL)
        if pressed == "q":
            return None
        if pressed == "h" and work.hints < HINTS - 1:
            work = replace(work, hints=work.hints + 1)
            _screen(work, found, mark, progress)
        elif pressed == "l":
            _clear()
            show_list(progress)
            console().print(Text(say("any key"), "dim"))
            while not key(60.0):
                pass
            _screen(work, found, mark, progress)
        elif pressed == "n":
            following = next_exercise(progress.done(), after=work.exercise.id)
            if following is not None:
                work = _work(following, work.library, work.path.parent, progress)
                return work, _content(work.path)
        if (now := watched.look()) is not None:
            return work, now


def _screen(work: _Work, found: Judged, mark: Mark | None, progress: Progress) -> None:
    from byhand.judge.reporting import terminal

    _clear()
    out = console()
    title, place = (work.exercise.title(spoken()), "bold"), (visible(str(work.path)), "dim")
    head = Text.assemble(title, f"  {about(work.exercise)}  ", place)
    out.print(head, soft_wrap=True)
    out.print()
    if found.report is None:
        out.print(Text(found.unreadable, "red"), soft_wrap=True)
    else:
        terminal.show(out, found.report, spoken(), max(PLACE, work.hints))
    out.print()
    show_hints(work.exercise, work.library, work.hints)
    if work.hints >= 0:
        out.print()
    if mark is not None:
        header = Header("practice", work.exercise.id, work.library)
        out.print(Text(sentence(header, mark, progress), "bold green" if mark.done else ""), soft_wrap=True)
    if mark is None or not mark.done:
        out.print(standing(progress), markup=False, soft_wrap=True)
    out.print(Text(say("keys"), "dim"), soft_wrap=True)


def _recorded(work: _Work, found: Judged, progress: Progress) -> Mark | None:
    if found.report is None:
        return None
    return record(progress, found.report, Header("practice", work.exercise.id, work.library), hints=work.hints + 1)


def _work(exercise: Exercise, library: str, folder: Path, progress: Progress) -> _Work:
    """The exercise with its file: where it was written, else in ``folder``, as a new file if there is none."""
    known = progress.places().get((exercise.id, library))
    path = Path(known) if known and Path(known).exists() else folder / f"{exercise.name}.py"
    if not path.exists():
        path = write_blank(exercise, library, folder, False, progress)
    progress.put("current", f"{exercise.id} {library}")
    return _Work(exercise, library, path)


def _current(progress: Progress) -> Exercise:
    """The exercise that was worked on last, if it is not done; else the next one."""
    done = progress.done()
    id = (progress.get("current") or "").partition(" ")[0]
    try:
        last = exercise(id)
    except KeyError:
        last = None
    if last is not None and not done.get(last.id):
        return last
    return next_exercise(done, after=id) or exercise("sgd")


def _content(path: Path) -> bytes:
    try:
        return content(str(path))
    except OSError as error:
        raise failure_saying(_unreadable(str(path), error)) from None


def _unreadable(file: str, error: OSError) -> str:
    return say("no file", got=file, why=reason(error))


def _clear() -> None:
    out = console()
    if is_live(out):
        out.clear()
