"""Exercises of a text without code: headings that name one of the seven, and formulas of one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Literal

from byhand.judge.model import Definition, Judgement, Program
from byhand.judge.prose.sections import Section, Text
from byhand.judge.prose.subjects import OTHER, about, named_alone, spoken
from byhand.judge.prose.tree import Statement

__all__ = ["stand_in", "unwritten"]

SHOWN = 60
"""Characters of a formula that stand for its name."""
ESSAY = 600
"""Characters of text under a heading that make it an explanation, not an exercise."""
_SAME = {"adam": {"adamw"}, "sgd": {"momentum"}, "momentum": {"sgd"}}
"""Whose code a heading may mean too: SGD with an option for momentum, Adam with one for weight decay."""


def unwritten(
    program: Program, text: Text, formulas: Sequence[tuple[Section, str, Statement]], judged: Sequence[Judgement]
) -> Iterator[Judgement]:
    """Headings that name one of the seven, and formulas of one, without code for it in the file.

    Only in a file that has hand-written code for others; and an explanation without code is none, unless most of what
    the file explains is written too.
    """
    written = {judgement.task for judgement in judged if judgement.task}
    if not written:
        return
    lost = (name for problem in program.problems for name in problem.lost)
    for name in (*(one.name for one in program.definitions), *lost):
        written |= about(spoken(name)) - {OTHER}
    headings: dict[str, Section] = {}
    for i, section in enumerate(text.sections):
        task = "" if section.documents else named_alone(section.title)
        if task and not _is_written(task, written) and not _has_code(text.sections, i):
            headings.setdefault(task, section)
    alone: dict[str, Statement] = {}
    for section, task, statement in formulas:
        if not (section.documents or section.code or task in headings or _is_written(task, written)):
            alone.setdefault(task, statement)
    explained = {task for task, section in headings.items() if section.length > ESSAY}
    if len(explained | alone.keys()) > len(written):
        headings = {task: section for task, section in headings.items() if task not in explained}
        alone = {}
    for task, section in headings.items():
        line, _ = text.place(section.start)
        yield Judgement(stand_in(program, "heading", section.title, line, line), "todo", task)
    for task, statement in alone.items():
        first, last = (text.place(at)[0] for at in (statement.start, statement.end - 1))
        name = text.whole[statement.start : statement.end]
        yield Judgement(stand_in(program, "formula", name, first, last), "todo", task)


def stand_in(program: Program, kind: Literal["formula", "heading"], name: str, first: int, last: int) -> Definition:
    """A formula or a heading, from one line to another, in the place of a definition."""
    node = ast.parse("def formula(): ...").body[0]
    assert isinstance(node, ast.FunctionDef)
    node.lineno, node.end_lineno = first, last
    return Definition(" ".join(name.split())[:SHOWN], node, "", lines=program.lines[first - 1 : last], kind=kind)


def _is_written(task: str, written: set[str]) -> bool:
    return bool(({task} | _SAME.get(task, set())) & written)


def _has_code(sections: Sequence[Section], at: int) -> bool:
    """Whether a section or one below it has code."""
    for section in sections[at:]:
        if section is not sections[at] and (section.documents or section.level <= sections[at].level):
            break
        if section.code:
            return True
    return False
