"""Judges on past what stops a program: once a name is spelt as it is defined, the rest of its mistakes shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from byhand.judge.diagnosis.diagnose import diagnose
from byhand.judge.loading import load
from byhand.judge.mending.context import Context
from byhand.judge.mending.edited import after
from byhand.judge.mending.naming import line_before
from byhand.judge.mending.table import kinds, mends
from byhand.judge.mending.text import edited
from byhand.judge.model import Definition, Finding, Judgement
from byhand.judge.session import Session
from byhand.judge.task import Task

__all__ = ["judged_on"]

KINDS = ("an attribute spelt two ways", "a name spelt wrong", "a caret for a power")
"""Kinds of mends that let a program run and change nothing else in it."""
PAGES = ("attribute-named-two-ways", "no-keepdim")
"""Ends of ids of the pages of such a mistake."""
_KEEPS = re.compile(r",\s*keepdims?=True")
STOPS = 2
"""How many of them are mended, one after another."""


def judged_on(task: Task[Any], session: Session, judgement: Judgement, seed: int) -> Judgement:
    """The judgement with the mistakes that show once what stops the program is mended; as it is if nothing helps."""
    definition, found = judgement.definition, judgement
    for _ in range(STOPS):
        if not _stops(found):
            break
        further = _next(task, session, definition, found, seed)
        if further is None:
            return judgement
        definition, found = further
    known = {one.mistake for one in judgement.findings}
    hidden = [one for one in found.findings if one.kind == "mistake" and one.mistake and one.mistake not in known]
    if found is judgement or _stops(found) or not hidden:
        return judgement
    original, text = judgement.definition.program, definition.program
    moved = [replace(one, line=line_before(original, text, one.line), columns=None) for one in hidden]
    note = Finding("", "note", note="past the stop")
    return replace(judgement, findings=(*judgement.findings, note, *moved))


def _stops(judgement: Judgement) -> bool:
    """Whether a program that has run no further than an error of its own text is judged so."""
    if judgement.verdict == "stopped":
        return judgement.stopped == "error"
    return any(one.mistake.endswith(PAGES) for one in judgement.findings)


def _next(
    task: Task[Any], session: Session, definition: Definition, judgement: Judgement, seed: int
) -> tuple[Definition, Judgement] | None:
    """The first version with one mend that runs further, with its judgement."""
    for text in _texts(task, definition, judgement):
        changed = after(definition, text)
        if changed is None or not load(session, changed).reply.ok:
            continue
        found = diagnose(task, session, changed, seed)
        if found.verdict not in ("stopped", "unrecognised") and not _keepdim(found):
            return changed, found
    return None


def _texts(task: Task[Any], definition: Definition, judgement: Judgement) -> Iterator[str]:
    """The program with each mend that changes nothing but what stops it."""
    context, missing = Context(definition), _keepdim(judgement)
    for kind in kinds(task.name):
        safe = kind.name in KINDS
        for mend in mends(kind, context) if safe or any(map(kind.of, missing)) else ():
            text = edited(definition.program, mend.edits)
            if text and (safe or _only_keeps(definition.program, text)):
                yield text


def _keepdim(judgement: Judgement) -> list[str]:
    """The pages of a sum without keepdim that it names: where shapes do not fit, nothing after it is reached."""
    return [one.mistake for one in judgement.findings if one.mistake.endswith("no-keepdim")]


def _only_keeps(before: str, text: str) -> bool:
    """Whether a changed text differs only in that sums keep their dimension."""
    return before != text and _KEEPS.sub("", before) == _KEEPS.sub("", text)
