"""Positions of syntax nodes in a program's text, and edits of as few characters as possible."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from byhand.judge.diagnosis.spot import characters

_TOKEN = re.compile(r"(\s*(?:#[^\n]*\n\s*|\\\n\s*)*)([^\W\d]\w*|[\d.]+(?:e[+-]?\d+)?|\*\*|//|[-+*/<>=!:]=|->|\S)", re.I)
"""Blanks, comments and line ends, then a token."""
_SIGN = re.compile(r"[-+*/<>=!&|^%@]")


@dataclass(frozen=True)
class Edit:
    """The replacement of the characters from ``start`` to ``end`` by ``new``."""

    start: int
    end: int
    new: str

    @property
    def size(self) -> int:
        """How many characters it removes and adds."""
        return self.end - self.start + len(self.new)


class Source:
    """A program's text, with the character offsets of its lines and nodes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in self.lines)]

    def offset(self, line: int, column: int) -> int:
        """The offset of a line, from 1, and a column in bytes, as ``ast`` counts both."""
        return self._starts[line - 1] + characters(self.lines[line - 1], column)

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node begins and ends."""
        assert isinstance(node, ast.expr | ast.stmt | ast.arg | ast.keyword)
        return (
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0),
        )

    def of(self, node: ast.AST) -> str:
        """A node as the learner wrote it."""
        start, end = self.span(node)
        return self.text[start:end]

    def span_with_parentheses(self, node: ast.AST) -> tuple[int, int]:
        """Where a node begins and ends, with the parentheses around it if there are any, even those of a call."""
        start, end = self.span(node)
        before, after = self.text[:start].rstrip(), self.text[end:]
        after_blank = len(after) - len(after.lstrip())
        inside = before.endswith("(") and after.lstrip().startswith(")")
        return (len(before) - 1, end + after_blank + 1) if inside else (start, end)

    def rows(self, first: int, last: int) -> tuple[int, int]:
        """Offsets of whole lines: the start of ``first``, and the start of the line after ``last``."""
        return self._starts[first - 1], min(self._starts[last], len(self.text))

    def indent(self, line: int) -> str:
        """The blanks at the beginning of a line."""
        text = self.lines[line - 1]
        return text[: len(text) - len(text.lstrip())]


def edited(text: str, edits: Iterable[Edit]) -> str | None:
    """The text after edits; None if two of them overlap."""
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    if any(a.end > b.start for a, b in pairwise(ordered)):
        return None
    for edit in reversed(ordered):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


def without(text: str, chain: Sequence[Sequence[Edit]], left_out: int, whole: str) -> str | None:
    """The text after all steps of ``chain`` but one.

    None if a later step changes what that one wrote, or if all steps together do not make ``whole``.
    """
    every: str | None = text
    other: str | None = text
    written: list[tuple[int, int, int]] = []  # of the step left out: start and end of each edit, and the growth by it
    for number, edits in enumerate(chain):
        if every is None or other is None:
            return None
        if number == left_out:
            written, moved = [], 0
            for edit in sorted(edits, key=lambda edit: edit.start):
                start = edit.start + moved
                written.append((start, start + len(edit.new), len(edit.new) - (edit.end - edit.start)))
                moved += len(edit.new) - (edit.end - edit.start)
        else:
            if any(edit.start < end and edit.end > start for edit in edits for start, end, _ in written):
                return None
            shifts = [sum(longer for _, end, longer in written if end <= edit.start) for edit in edits]
            other = edited(other, [Edit(e.start - s, e.end - s, e.new) for e, s in zip(edits, shifts, strict=True)])
            written = [
                (start + s, end + s, longer)
                for start, end, longer in written
                for s in [sum(len(e.new) - (e.end - e.start) for e in edits if e.end <= start)]
            ]
        every = edited(every, edits)
    return other if every == whole else None


def smallest(text: str, edit: Edit) -> Edit:
    """The same edit without the common beginning and end of old and new text. The old spacing is kept."""
    old = text[edit.start : edit.end]
    new = _in_style(old, edit.new)
    head = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    most = min(len(old), len(new)) - head
    tail = next((i for i in range(most) if old[-1 - i] != new[-1 - i]), most)
    return Edit(edit.start + head, edit.end - tail, new[head : len(new) - tail])


def _tokens(text: str) -> list[tuple[str, str]]:
    return _TOKEN.findall(text)


def _in_style(old: str, new: str) -> str:
    """The new text with the spacing and comments that the old one has before the same tokens."""
    before, after = _tokens(old), _tokens(new)
    matcher = SequenceMatcher(None, [token for _, token in before], [token for _, token in after], autojunk=False)
    text, moved = "", False
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal" or (kind == "replace" and j - i == m - k == 1):
            for (blank, _), (other, token) in zip(before[i:j], after[k:m], strict=True):
                unary = bool(_SIGN.match(token)) and not other  # a binary minus that has become unary
                again = moved and "\n" not in blank and (unary or not _SIGN.match(token))
                again = again or (kind == "replace" and token == ",")  # a comma in place of an operator
                text += (other if again else blank) + token
                moved = moved and unary
        else:
            tight = i < len(before) and not before[i][0] and _SIGN.match(text[-1:])  # the old text has no blank here
            text += "".join(blank + token for blank, token in after[k:m]).lstrip(" " if tight else "\0")
            moved = True
    return text


def changed_lines(old: str, new: str) -> list[tuple[int, int, Sequence[str]]]:
    """The changes: first and last old line of each (first = last + 1 for a pure insertion), and the new lines."""
    a, b = old.split("\n"), new.split("\n")
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return [(i + 1, j, tuple(b[k:m])) for kind, i, j, k, m in matcher.get_opcodes() if kind != "equal"]
