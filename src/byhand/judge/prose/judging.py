"""Judges a file's text: wrong formulas of the seven, and headings and formulas that have no code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from byhand.judge.model import Finding, Judgement, Program
from byhand.judge.prose.exercises import stand_in, unwritten
from byhand.judge.prose.losses import cross_entropy, divergence, is_divergence
from byhand.judge.prose.ranking import area
from byhand.judge.prose.sections import Section, Stated, Text
from byhand.judge.prose.tree import Statement, Unreadable
from byhand.judge.prose.updates import Judged, rules

__all__ = ["Reading", "read_text"]

UPDATES = ("sgd", "momentum", "adam", "adamw")
_CORRECTION = re.compile(r"bias|偏差|修正|校正|矫正|warm|correct", re.IGNORECASE)
_LIKELIHOOD = re.compile(r"likelihood|似然|maximi|最大|reward|奖励", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """What a text says of the seven."""

    judgements: tuple[Judgement, ...]
    right: int
    """How many of its formulas are right."""


def read_text(program: Program, judged: Sequence[Judgement]) -> Reading:
    """The judgements of a program's text; ``judged`` are those of its code."""
    if not program.passages:
        return Reading((), 0)
    text = Text(program.passages)
    found = [(section, *one) for section in text.sections for one in _formulas(section, text.whole)]
    wrong = [_mistaken(program, text, task, one) for _, task, one in found if one.pages]
    formulas = [(section, task, one.statement) for section, task, one in found]
    right = sum(not one.pages for _, _, one in found)
    return Reading((*wrong, *unwritten(program, text, formulas, judged)), right)


def _formulas(section: Section, whole: str) -> Iterator[tuple[str, Judged]]:
    """The formulas of a section that are one of the seven, and what is wrong with them."""
    for task in UPDATES:
        mine = [one.statement for one in section.stated if one.task == task]
        doubted = {one.statement for one in section.stated if one.doubted}
        for judged in rules(task, mine, whole, bool(_CORRECTION.search(whole))) if mine else ():
            if not (judged.pages and judged.statement in doubted):
                yield task, judged
    others: dict[str, Statement] = {}
    for one in section.stated:
        found = _function(one, section, others, whole)
        left = one.statement.left
        if left is not None and left.kind == "symbol":
            others[left.name] = one.statement
        if found is not None and not (found[1].pages and one.doubted):
            yield found


def _function(one: Stated, section: Section, others: dict[str, Statement], whole: str) -> tuple[str, Judged] | None:
    statement, left = one.statement, one.statement.left
    if left is None:
        return None
    try:
        if is_divergence(statement) or one.task == "kl_divergence":
            return "kl_divergence", Judged(statement, tuple(divergence(statement, one.task == "kl_divergence")))
        if one.task == "cross_entropy":
            around = whole[max(section.start, statement.start - 300) : statement.start]
            pages = cross_entropy(statement, bool(_LIKELIHOOD.search(around)))
            return "cross_entropy", Judged(statement, tuple(pages))
        if left.name in ("AUC", "auc") and one.task in ("", "roc_auc"):
            return "roc_auc", Judged(statement, tuple(area(statement, others)))
    except Unreadable:
        pass
    return None


def _mistaken(program: Program, text: Text, task: str, judged: Judged) -> Judgement:
    start, end = text.place(judged.statement.start), text.place(max(judged.statement.end - 1, judged.statement.start))
    line, first = start
    last = end[1] + 1 if end[0] == line else len(program.lines[line - 1].rstrip())
    findings = tuple(Finding(page, "mistake", line, columns=(first, last)) for page in judged.pages)
    name = text.whole[judged.statement.start : judged.statement.end]
    definition = stand_in(program, "formula", name, line, end[0])
    return Judgement(definition, "mistaken", task, findings=findings)
