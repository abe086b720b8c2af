"""The exam of the page: a drawn paper and a clock; in the end every mistake is named, and the result is kept."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from secrets import randbelow
from typing import Any

from byhand.judge.diagnosis import clinic
from byhand.practice.exam import draw_paper, with_result
from byhand.practice.exercises import exercise
from byhand.practice.hunts.drawing import hunt
from byhand.practice.judging import Mark
from byhand.practice.progress import EXAMS, Progress
from byhand.practice.web.state import SEEDS, Refused, Table, both, known_library

EXAM = "page exam"
"""The key under which the last exam of the page is kept."""


def begin_exam(n: int, minutes: int, library: str) -> Table:
    """Draw a paper; an exam that was going on is over."""
    known_library(library)
    if not (1 <= n <= 20 and 1 <= minutes <= 600):
        raise Refused("An exam has 1 to 20 tasks and 1 to 600 minutes.")
    try:
        paper = draw_paper(n, minutes, library, randbelow(SEEDS), time.time())
    except ValueError:
        raise Refused("There are not so many tasks.") from None
    kept = {"items": list(paper.items), "minutes": minutes, "library": library, "started": paper.started, "marks": {}}
    with Progress().changing(EXAM, EXAMS) as texts:
        _close(texts)
        texts[EXAM] = json.dumps({**kept, "ended": None})
    return exam()


def exam() -> Table:
    """The exam that is going on, or the last one; {"items": []} if there was none. One whose time is up is closed."""
    progress = Progress()
    paper = _paper(progress.get(EXAM))
    if _is_late(paper):
        with progress.changing(EXAM, EXAMS) as kept:
            _close(kept)
            paper = _paper(kept[EXAM])
    titles: Table = {}
    named: Table = {}
    for item in paper["items"]:
        kind, _, token = item.partition(":")
        asked = token if kind == "hunt" else ""
        titles[item] = None if asked else both(exercise(item).title)
        if paper["ended"] is not None:
            named[item] = [_title(id) for id in _named(paper, item)]
    return {**paper, "titles": titles, "named": named, "now": time.time()}


def _named(paper: Table, item: str) -> list[str]:
    """The pages that are named at the end: what was found, and the mistake of a hunt that was not mended."""
    mark = paper["marks"].get(item, {})
    if mark.get("done"):
        return []
    kind, _, token = item.partition(":")
    answer = [hunt(token).page] if kind == "hunt" else []
    return list(dict.fromkeys([*mark.get("mistakes", ()), *answer]))


def _title(id: str) -> dict[str, str]:
    return both(lambda lang: clinic.page(id).text(lang).title)


def mark_exam(item: str, mark: Mapping[str, Any]) -> None:
    """Enter a verdict in the exam that is going on, if the item is in it; a solved one stays solved."""
    progress = Progress()
    if not progress.exists:
        return
    with progress.changing(EXAM) as kept:
        paper = _paper(kept[EXAM])
        if item not in paper["items"] or paper["ended"] is not None or _is_late(paper):
            return
        if not paper["marks"].get(item, {}).get("done"):
            paper["marks"][item] = dict(mark)
            kept[EXAM] = json.dumps(paper)


def end_exam() -> Table:
    """Hand in."""
    progress = Progress()
    if progress.exists:
        with progress.changing(EXAM, EXAMS) as kept:
            _close(kept)
    return exam()


def _close(kept: dict[str, str | None]) -> None:
    """End the exam that is going on, if there is one, and keep its result among the exams."""
    paper = _paper(kept[EXAM])
    if not paper["items"] or paper["ended"] is not None:
        return
    kept[EXAM] = json.dumps({**paper, "ended": min(time.time(), _end(paper))})
    marks = {item: paper["marks"].get(item, {"verdict": "todo", "done": False}) for item in paper["items"]}
    found = {item: Mark(one["verdict"], one["done"]) for item, one in marks.items()}
    kept[EXAMS] = with_result(kept[EXAMS], paper["started"], paper["minutes"], found)


def _paper(kept: str | None) -> Table:
    return dict(json.loads(kept)) if kept else {"items": []}


def _end(paper: Table) -> float:
    return float(paper["started"] + 60 * paper["minutes"])


def _is_late(paper: Table) -> bool:
    """Whether an exam is going on whose time is up."""
    return bool(paper["items"]) and paper["ended"] is None and time.time() > _end(paper)
