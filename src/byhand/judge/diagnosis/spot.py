"""Where a mistake is in the learner's text: the line that a page's pattern finds, and the operand in it."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from functools import lru_cache
from re import MULTILINE, finditer

from byhand.judge.diagnosis.clinic import Page
from byhand.judge.model import Definition


def line_of(definition: Definition, page: Page) -> int | None:
    """The first of the learner's lines that the page's most reliable pattern matches; no comments or docstrings."""
    return next((line for line, _, _ in _matches(definition, page)), None)


def columns_of(definition: Definition, page: Page, line: int) -> tuple[int, int] | None:
    """The columns of the operand in a line that the page is about, from 0; None if it is the whole line.

    The operand is the smallest expression that contains what the page's pattern matches.
    """
    for found, start, end in _matches(definition, page):
        if found == line:
            return _around(definition, line, start, end)
    return None


def numbers_in(definition: Definition, line: int) -> set[float]:
    """The numbers that are written in one of the learner's lines."""
    there = (node for node in ast.walk(definition.node) if isinstance(node, ast.Constant) and node.lineno == line)
    return {float(node.value) for node in there if isinstance(node.value, int | float)}


def code_of(line: str) -> tuple[int, int]:
    """The columns of a line's code, from 0: without indentation and comment."""
    start, end = len(line) - len(line.lstrip()), len(line.rstrip())
    try:
        for token in tokenize.generate_tokens(io.StringIO(line.lstrip()).readline):
            if token.type == tokenize.COMMENT:
                end = start + len(line.lstrip()[: token.start[1]].rstrip())
    except (tokenize.TokenError, SyntaxError):  # the statement goes on in the next line
        pass
    return start, max(start, end)


def _matches(definition: Definition, page: Page) -> Iterator[tuple[int, int, int]]:
    """Line, first and last column of all matches in code, those of the most reliable pattern first."""
    text = definition.source
    for pattern in page.patterns:
        for match in finditer(pattern, text, MULTILINE):
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            line = definition.node.lineno + text.count("\n", 0, start)
            if line not in _prose(definition):
                first = text.rfind("\n", 0, start) + 1
                length = len(match[0].strip().partition("\n")[0])
                yield line, start - first, start - first + length


def _around(definition: Definition, line: int, start: int, end: int) -> tuple[int, int] | None:
    """The columns of the smallest expression of one line around these columns."""
    text = definition.lines[line - definition.node.lineno]
    spans = []
    for node in ast.walk(definition.node):
        if isinstance(node, ast.expr | ast.keyword) and node.lineno == node.end_lineno == line:
            span = (characters(text, node.col_offset), characters(text, node.end_col_offset or 0))
            if span[0] <= start and end <= span[1]:
                spans.append(span)
    return min(spans, key=lambda span: span[1] - span[0], default=None)


def characters(text: str, offset: int) -> int:
    """A column of a line in characters, which the syntax tree counts in bytes."""
    return offset if text.isascii() else len(text.encode()[:offset].decode(errors="ignore"))


@lru_cache(16)
def _prose(definition: Definition) -> frozenset[int]:
    """The lines that are comments or docstrings."""
    comments = (i for i, line in enumerate(definition.lines, definition.node.lineno) if line.lstrip().startswith("#"))
    texts = (
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node in ast.walk(definition.node)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )
    return frozenset({*comments, *(line for lines in texts for line in lines)})
