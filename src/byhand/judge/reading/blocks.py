"""Cuts a text that does not parse into top-level blocks, so that one error costs only its block.

Some errors are repaired and reported: Python 2's ``print`` statement, tabs mixed with spaces, and the head of a block
without lines. A method that can't be read is left out of its class.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from byhand.judge.reading.syntax import parse

__all__ = ["MENDED", "Broken", "rescued"]

MENDED = frozenset({"print", "tabs", "empty block"})
"""Keys of reports for repaired blocks."""

FURTHER = 40
"""How many blocks are joined to one with an open bracket or string, such as a docstring or a long table."""
EFFORT = 20
"""How often a line is parsed, on average, before blocks are no longer joined."""
_DEFINES = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)")
_BEGINS = re.compile(r"(?!else\b|elif\b|except\b|finally\b)[^\s#)\]}]")
_OPEN = re.compile(r"never closed|unterminated triple|unexpected EOF|expected an indented block|after decorator")
"""Python's messages for an incomplete text."""
_PRINT = re.compile(r"^(\s*(?:.*:\s+|.*;\s*)?)print(?:\s+(?![=.(])(?:>>\s*[\w.]+\s*,\s*)?(.*?)\s*,?)?\s*$")
_TABS = re.compile(r"^[ \t]*\t", re.MULTILINE)
_EMPTY = re.compile(r"expected an indented block after .* on line (\d+)")
_HEAD = re.compile(r":(\s*(?:#.*)?)$")
_METHOD = re.compile(r"(\s+)(?:async\s+)?def\s+(\w+)")
REPAIRS = 5
"""How many parts of one block are repaired."""


@dataclass(frozen=True)
class Broken:
    """What is wrong with a block."""

    line: int
    message: str
    """Python's message, or the report's key for a repair."""
    lost: tuple[str, ...] = ()
    """Names that the block defines, if it was left out."""


def rescued(lines: Sequence[str]) -> tuple[list[str], list[ast.stmt], list[Broken]]:
    """The lines as Python, the statements in them, and what is wrong."""
    code, nodes, wrong = list(lines), list[ast.stmt](), list[Broken]()
    starts = [*_starts(lines), len(lines)]
    effort = EFFORT * len(lines)
    at = 0
    while at < len(starts) - 1:
        start, next_at = starts[at], at + 1
        first = found = _parsed(lines[start : starts[next_at]])
        effort -= starts[next_at] - start
        while isinstance(found, SyntaxError) and _OPEN.search(found.msg or "") and effort >= 0:
            if next_at == min(at + 1 + FURTHER, len(starts) - 1):
                break
            next_at += 1
            effort -= starts[next_at] - start
            found = _parsed(lines[start : starts[next_at]])
        if isinstance(found, ast.Module):
            nodes += _moved(found, start)
            at = next_at
            continue
        end = starts[at + 1]
        text, parts, tree = _mended(lines[start:end])
        if tree is None:
            text, parts, tree = _completed(lines[start:end])
        if tree is None:
            assert isinstance(first, SyntaxError)
            lost = tuple(match[1] for line in lines[start:end] if (match := _DEFINES.match(line)))
            parts = [Broken(min(first.lineno or 1, end - start), first.msg or str(first), lost)]
            text = [""] * (end - start)
        else:
            nodes += _moved(tree, start)
        wrong += [replace(part, line=start + part.line) for part in parts]
        code[start:end] = text
        at += 1
    return code, nodes, wrong


def _starts(lines: Sequence[str]) -> Iterator[int]:
    """The lines where top-level statements begin; a decorator belongs to the definition below it."""
    decorated = False
    for i, line in enumerate(lines):
        if i == 0 or (_BEGINS.match(line) and not decorated):
            yield i
        if _BEGINS.match(line):
            decorated = line.startswith("@")


def _parsed(lines: Sequence[str]) -> ast.Module | SyntaxError:
    try:
        return parse("\n".join(lines))
    except SyntaxError as error:
        return error


def _mended(lines: Sequence[str]) -> tuple[list[str], list[Broken], ast.Module | None]:
    """The block with tabs as spaces and ``print`` as a function; what was repaired; and its tree if it parses now."""
    text, name = list(lines), ""
    if _TABS.search("\n".join(lines)):
        text, name = [line.expandtabs(8) for line in text], "tabs"
    tree = _parsed(text) if name else None
    if not isinstance(tree, ast.Module):
        printed = [_PRINT.sub(_call, line) for line in text]
        if printed != text:
            text, name = printed, "print"
        tree = _parsed(text) if name else None
    if not isinstance(tree, ast.Module):
        return text, [], None
    changed = next(i for i, (old, new) in enumerate(zip(lines, text, strict=True), 1) if old != new)
    return text, [Broken(changed, name)], tree


def _completed(lines: Sequence[str]) -> tuple[list[str], list[Broken], ast.Module | None]:
    """The block with ``pass`` where a body is missing, and a class without the methods that can't be read."""
    text, wrong = list(lines), list[Broken]()
    tree = _parsed(text)
    while isinstance(tree, SyntaxError) and len(wrong) < REPAIRS:
        message, line = tree.msg or "", tree.lineno or 1
        if (empty := _EMPTY.match(message)) and _HEAD.search(text[int(empty[1]) - 1]):
            line = int(empty[1])
            text[line - 1] = _HEAD.sub(r": pass\1", text[line - 1])
            wrong.append(Broken(line, "empty block"))
        elif (method := _method(text, line)) is not None:
            first, last, name = method
            text[first:last] = [""] * (last - first)
            wrong.append(Broken(min(line, len(text)), message, (name,)))
        else:
            break
        tree = _parsed(text)
    return text, wrong, tree if isinstance(tree, ast.Module) else None


def _method(lines: Sequence[str], line: int) -> tuple[int, int, str] | None:
    """First index, end and name of the method around a line, counted from 1; None if it is the first of its class."""
    heads = [(i, match) for i, text in enumerate(lines) if (match := _METHOD.match(text))]
    depth = min((len(match[1]) for _, match in heads), default=0)
    heads = [(_decorated(lines, i), match) for i, match in heads if len(match[1]) == depth]
    before = [head for head in heads if head[0] < line]
    if len(before) < 2 or not any(text.startswith("class ") for text in lines[: heads[0][0]]):
        return None
    first, match = before[-1]
    return first, next((i for i, _ in heads if i > first), len(lines)), match[2]


def _decorated(lines: Sequence[str], i: int) -> int:
    """The first line of a definition whose head is at ``i``: that of its first decorator."""
    while i and lines[i - 1].lstrip().startswith("@"):
        i -= 1
    return i


def _call(match: re.Match[str]) -> str:
    """Python 2's statement as Python 3's function."""
    return f"{match[1]}print({match[2] or ''})"


def _moved(tree: ast.Module, lines: int) -> list[ast.stmt]:
    for node in tree.body:
        ast.increment_lineno(node, lines)
    return tree.body
