"""Reads a definition again after edits of its program, and collects the lines that changed."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from byhand.judge.mending.context import Context
from byhand.judge.mending.moves import add_import
from byhand.judge.mending.table import Mend
from byhand.judge.mending.text import Source, changed_lines, edited
from byhand.judge.model import Definition, Fix, Judgement, Replaced
from byhand.judge.reading.methods import methods
from byhand.judge.reading.needs import unbound
from byhand.judge.reading.statements import Statement
from byhand.judge.reading.syntax import parse
from byhand.sandbox.stand_ins import USUAL


@dataclass(frozen=True)
class Mended:
    """The result of a search: a changed definition, the mends that made it, and its judgement."""

    definition: Definition
    chain: tuple[Mend, ...]
    judgement: Judgement


def after(definition: Definition, text: str) -> Definition | None:
    """The definition as the changed program ``text`` has it; None if it is not there, or ``text`` is not Python."""
    made = not definition.is_class and _is_method(definition)  # then the last line takes it out of its class
    try:
        tree = parse(text)
    except SyntaxError:
        return None
    body = tree.body[:-1] if made else tree.body
    lines = text.split("\n")
    program = "\n".join(lines[:-1]) if made else text
    for node in body:
        if made and isinstance(node, ast.ClassDef):
            outer = replace(
                definition, name=node.name, node=node, program=program, statements=tuple(body),
                lines=tuple(lines[node.lineno - 1 : node.end_lineno]),
            )  # fmt: skip
            found = next((one for one in methods(outer) if one.name == definition.name), None)
            if found is not None:
                return replace(found, heading=definition.heading)
        for name, found_node in () if made else Statement(node, "", "").definition:
            if name == definition.name:
                own = tuple(lines[node.lineno - 1 : node.end_lineno])
                return replace(definition, node=found_node, program=text, statements=tuple(body), lines=own)
    return None


def fixed(judgement: Judgement, mended: Mended) -> Fix:
    """The changed lines. Imports that they need are added, unless the original already lacked one of a usual module."""
    definition = replace(mended.definition, left=judgement.definition.left)
    if not unbound(judgement.definition.statements) & USUAL.keys():
        for edits in add_import(Context(definition)):
            text = edited(definition.program, edits)
            definition = (text is not None and after(definition, text)) or definition
    old = judgement.definition.program.split("\n")
    lines = [
        Replaced(first, last, tuple(old[first - 1 : last]), tuple(new))
        for first, last, new in changed_lines(judgement.definition.program, definition.program)
    ]
    return Fix(tuple(lines), mended.judgement.verdict)


def as_written(fix: Fix, lines: Sequence[str]) -> Fix | None:
    """The fix of a learner's ``lines``; None if the reader has changed one by more than a ``pass`` after a colon."""
    found = []
    for one in fix.lines:
        own = tuple(lines[one.first - 1 : one.last])
        if len(own) != len(one.old) or any(not _is_completed(*pair) for pair in zip(own, one.old, strict=True)):
            return None
        found.append(replace(one, old=own))
    return replace(fix, lines=tuple(found))


def _is_completed(line: str, read: str) -> bool:
    """Whether a line was read as it is, or an empty block at its end with ``pass``."""
    begin = line.rstrip()
    return line == read or (begin.endswith(":") and read.startswith(begin) and read[len(begin) :].strip() == "pass")


def tidied(definition: Definition) -> Definition | None:
    """Remove assignments such as ``p = p``, which a mend may leave behind."""
    source = Source(definition.program)
    for node in ast.walk(definition.node):
        if isinstance(node, ast.Assign) and [ast.unparse(one) for one in node.targets] == [ast.unparse(node.value)]:
            place = source.rows(node.lineno, node.end_lineno or node.lineno)
            if source.text[place[0] : place[1]].strip() == source.of(node):
                shorter = after(definition, source.text[: place[0]] + source.text[place[1] :])
                return shorter and tidied(shorter)
    return definition


def _is_method(definition: Definition) -> bool:
    """Whether it is a method that is judged as a function: then no top-level statement begins at its line."""
    return all(node.lineno != definition.node.lineno for node in definition.statements)
