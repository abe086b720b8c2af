"""Both programs of a mistake, the formula's and the one with its change, and what each gives."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass
from difflib import SequenceMatcher

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.clinic import Page
from byhand.judge.diagnosis.examples import example

DESCEND = "descend("
"""The helper of examples that the page has to explain."""
WIDTH = 66
GONE = "\0"
"""Stands for a line that is not shown."""


@dataclass(frozen=True)
class Program:
    """A program, as it is shown."""

    code: str
    marked: str
    """Its lines that the other does not have, as in "2-3 7"."""
    result: str
    """What the example gives."""


def both(page: Page) -> tuple[Program, Program]:
    """The right program and the one with the mistake of ``page``, which has a line of the formula."""
    change = next(page.changes())
    old, new = _definitions(clinic.source(page.formula)), _definitions(clinic.changed(page.formula, [change]))
    differ = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    right, wrong = ("\n\n\n".join(found[name] for name in differ if name in found) for found in (old, new))
    marks = marked(right, wrong)
    return Program(right, marks[0], example(page)), Program(wrong, marks[1], example(page, (change,)))


def _definitions(source: str) -> dict[str, str]:
    """Each function and class of a file by its name: without docstrings, and heads without annotations."""
    tree = ast.parse(source)
    kept = source.split("\n")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            _blank(kept, node.body[0])
        if isinstance(node, ast.FunctionDef):
            first, last = node.lineno - 1, node.body[0].lineno - 2
            kept[first : last + 1] = [_head(node), *[GONE] * (last - first)]
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            lines = [line for line in kept[node.lineno - 1 : node.end_lineno] if line != GONE]
            found[node.name] = "\n".join(_without_gap(lines)).rstrip()
    return found


def _blank(lines: list[str], node: ast.stmt) -> None:
    """Take a statement out."""
    for number in range(node.lineno - 1, node.end_lineno or node.lineno):
        lines[number] = GONE


def _head(node: ast.FunctionDef) -> str:
    """A function's first line, its arguments wrapped."""
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    indent = " " * node.col_offset
    begins = f"{indent}def {node.name}("
    return textwrap.fill(
        f"{begins}{ast.unparse(node.args)}):", WIDTH, subsequent_indent=" " * len(begins), break_long_words=False
    )


def _without_gap(lines: list[str]) -> list[str]:
    """The lines without blank ones right behind a head, where a docstring was."""
    return [line for i, line in enumerate(lines) if line.strip() or not (i and lines[i - 1].endswith(":"))]


def marked(right: str, wrong: str) -> tuple[str, str]:
    """The lines of each of two texts that the other does not have, as ranges from 1."""
    sides: tuple[list[str], list[str]] = ([], [])
    texts = right.split("\n"), wrong.split("\n")
    for tag, a, b, c, d in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        for side, start, stop in ((sides[0], a, b), (sides[1], c, d)):
            if tag != "equal" and stop > start:
                side.append(f"{start + 1}-{stop}" if stop - start > 1 else f"{stop}")
    return " ".join(sides[0]), " ".join(sides[1])
