"""What a formula states: its rows, and in each what is on both sides of = or ←."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from byhand.judge.prose.parser import Parser
from byhand.judge.prose.tokens import Token, tokens
from byhand.judge.prose.tree import Node, Statement, Unreadable

__all__ = ["statements"]

LONGEST = 2_000
"""Tokens of a formula."""
RELATIONS = ("=", "<-", "+=", "-=", "~")
_BETWEEN = re.compile(
    r"\W*(?:and|or|where|with|for|if|when|so|then|update|和|且|及|其中|与|即|所以)\W*|.*[,，;；:：]\s*"
)
"""Words of a \\text{…} between two statements."""


def statements(text: str, tex: bool, offset: int = 0) -> Iterator[Statement]:
    """What a formula states, each with its place, counted from ``offset``. Unreadable parts are left out."""
    found = tokens(text, tex, offset)
    left: Node | None = None
    for row in _rows(found) if len(found) <= LONGEST else ():
        try:
            sides, relations = _sides(row)
            if len(sides) == 1:
                left = None
            elif sides[0]:
                left = _readings(sides[0])[0]
            for i, (relation, side) in enumerate(zip(relations, sides[-len(relations or [""]) :], strict=False)):
                if relation == "~":
                    break
                start = sides[0][0].start if i == 0 and sides[0] else side[0].start
                readings = tuple(_stepped(left, relation, reading) for reading in _readings(side))
                yield Statement(left, readings, start, side[-1].end)
        except (Unreadable, RecursionError):
            left = None


def _stepped(left: Node | None, relation: str, right: Node) -> Node:
    """The right side; that of ``x += change`` with the x that it adds to."""
    if relation not in ("+=", "-="):
        return right
    if left is None:
        raise Unreadable("a change of nothing")
    change = right if relation == "+=" else Node("minus", parts=(right,), start=right.start, end=right.end)
    return Node("sum of", parts=(left, change), start=left.start, end=change.end)


def _rows(found: Sequence[Token]) -> Iterator[list[Token]]:
    """The statements of a formula: split at line ends, gaps and commas outside of parentheses.

    A line that begins with a sign goes on with the one before it.
    """
    rows: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if (
            token.text == "row"
            or (token.kind == "text" and _BETWEEN.fullmatch(token.text))
            or (depth <= 0 and token.text in ("gap", ",", ";", ".", "。"))
        ):
            rows.append([])
            depth = 0 if token.text == "row" else depth
        elif token.text != "gap":
            rows[-1].append(token)
    joined: list[list[Token]] = []
    for row in filter(None, rows):
        if joined and row[0].kind == "sign" and row[0].text in "+-*/":
            joined[-1] += row
        else:
            joined.append(row)
    return iter(joined)


def _sides(row: Sequence[Token]) -> tuple[list[list[Token]], list[str]]:
    sides: list[list[Token]] = [[]]
    relations: list[str] = []
    depth = 0
    for token in row:
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth == 0 and token.kind == "sign" and token.text in RELATIONS:
            relations.append(token.text)
            sides.append([])
        else:
            sides[-1].append(token)
    if any(not side for side in sides[1:]):
        raise Unreadable("a relation without a right side")
    return sides, relations


def _readings(side: Sequence[Token]) -> tuple[Node, ...]:
    """The readings of one side: how far an unmarked division reaches is open where a product follows it."""
    narrow = Parser(side, wide=False)
    tree = narrow.whole()
    if not narrow.open:
        return (tree,)
    return (tree, Parser(side, wide=True).whole())
