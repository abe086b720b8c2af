"""Judges a file's text: wrong formulas of the seven, and headings and formulas that have no code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from byhand.judge.model import Definition, Finding, Judgement, Program
from byhand.judge.prose.losses import cross_entropy, divergence, is_divergence
from byhand.judge.prose.ranking import area
from byhand.judge.prose.sections import Section, Stated, Text
from byhand.judge.prose.subjects import OTHER, about, named_alone, spoken
from byhand.judge.prose.tree import Statement, Unreadable
from byhand.judge.prose.updates import Judged, rules

__all__ = ["Reading", "read_text"]

UPDATES = ("sgd", "momentum", "adam", "adamw")
SHOWN = 60
"""Characters of a formula that stand for its name."""
ESSAY = 600
"""Characters of text under a heading that make it an explanation, not an exercise."""
_CORRECTION = re.compile(r"bias|偏差|修正|校正|矫正|warm|correct", re.IGNORECASE)
_LIKELIHOOD = re.compile(r"likelihood|似然|maximi|最大|reward|奖励", re.IGNORECASE)
_SAME = {"adam": {"adamw"}, "sgd": {"momentum"}, "momentum": {"sgd"}}
"""Whose code a heading may mean too: SGD with an option for momentum, Adam with one for weight decay."""


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
    right = sum(not one.pages for _, _, one in found)
    return Reading((*wrong, *_unwritten(program, text, found, judged)), right)


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
        if (
            left.name in ("AUC", "auc", "A")
            and (left.name != "A" or one.task == "roc_auc")
            and one.task in ("", "roc_auc")
        ):
            return "roc_auc", Judged(statement, tuple(area(statement, others)))
    except Unreadable:
        pass
    return None


def _mistaken(program: Program, text: Text, task: str, judged: Judged) -> Judgement:
    start, end = text.place(judged.statement.start), text.place(max(judged.statement.end - 1, judged.statement.start))
    line, first = start
    last = end[1] + 1 if end[0] == line else len(program.lines[line - 1].rstrip())
    findings = tuple(Finding(page, "mistake", line, columns=(first, last)) for page in judged.pages)
    definition = _definition(
        program, "formula", text.whole[judged.statement.start : judged.statement.end], line, end[0]
    )
    return Judgement(definition, "mistaken", task, findings=findings)


def _definition(program: Program, kind: str, name: str, first: int, last: int) -> Definition:
    """A formula or a heading in the place of a definition."""
    node = ast.parse("def formula(): ...").body[0]
    assert isinstance(node, ast.FunctionDef)
    node.lineno, node.end_lineno = first, last
    name = " ".join(name.split())[:SHOWN]
    return Definition(name, node, "", lines=program.lines[first - 1 : last], kind=kind)  # type: ignore[arg-type]


def _unwritten(
    program: Program, text: Text, found: Sequence[tuple[Section, str, Judged]], judged: Sequence[Judgement]
) -> Iterator[Judgement]:
    """Headings that name one of the seven, and formulas of one, without code for it in the file.

    Only in a file that has hand-written code for others; and an explanation without code is none, unless most of what
    the file explains is written too.
    """
    there = {judgement.task for judgement in judged if judgement.task}
    named = {task for one in program.definitions for task in about(spoken(one.name))}
    there |= named - {OTHER}
    if not any(judgement.task for judgement in judged):
        return
    headings: dict[str, tuple[Section, bool]] = {}
    for i, section in enumerate(text.sections):
        task = "" if section.documents else named_alone(section.title)
        if (
            task
            and task not in headings
            and not ({task} | _SAME.get(task, set())) & there
            and not _has_code(text.sections, i)
        ):
            headings[task] = (section, section.length > ESSAY)
    formulas: dict[str, tuple[Section, Statement]] = {}
    for section, task, one in found:
        if (
            not section.documents
            and not section.code
            and not ({task} | _SAME.get(task, set())) & there
            and task not in headings
        ):
            formulas.setdefault(task, (section, one.statement))
    doubtful = {task for task, (_, essay) in headings.items() if essay} | formulas.keys()
    if len(doubtful) > len(there):
        headings = {task: one for task, one in headings.items() if task not in doubtful}
        formulas = {}
    for task, (section, _) in headings.items():
        line, _column = text.place(section.start)
        yield Judgement(_definition(program, "heading", section.title, line, line), "todo", task)
    for task, (_, statement) in formulas.items():
        (first, _column), (last, _column) = text.place(statement.start), text.place(statement.end - 1)
        name = text.whole[statement.start : statement.end]
        yield Judgement(_definition(program, "formula", name, first, last), "todo", task)


def _has_code(sections: Sequence[Section], at: int) -> bool:
    """Whether a section or one below it has code."""
    for section in sections[at:]:
        if section is not sections[at] and (section.documents or section.level <= sections[at].level):
            break
        if section.code:
            return True
    return False
