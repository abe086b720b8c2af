"""A learner's file with some of its lines replaced: everything else stays as it is, byte for byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from byhand.judge.model import Fix, Program
from byhand.judge.reading.cells import cells

_BLANK = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_PLAIN = re.compile(r"[^,\]}\s]+")


@dataclass(frozen=True)
class Patch:
    """Lines of a cell, or of a plain file, and what replaces them."""

    cell: int | None
    first: int
    old: tuple[str, ...]
    new: tuple[str, ...]


def patches(program: Program, fixes: Sequence[Fix]) -> list[Patch]:
    """The changes of all fixes, each at its place in the learner's file; the same change is made once."""
    found: dict[Patch, None] = {}
    for fix in fixes:
        for one in fix.lines:
            place = program.place(one.first)
            if place is None and one.first > 1:  # put in behind the last line
                before = program.place(one.first - 1)
                place = before and type(before)(before.cell, before.line + 1)
            if place is not None:
                found[Patch(place.cell, place.line, one.old, one.new)] = None
    return sorted(found, key=lambda patch: (patch.cell or 0, patch.first))


def rewritten(data: bytes, file: str, changes: Sequence[Patch]) -> bytes:
    """The bytes of a file after changes."""
    text = data.decode()
    notebook = any(cell.number is not None for cell in cells(data, file))
    return (_notebook(text, changes) if notebook else _replaced(text, changes)).encode()


def _replaced(text: str, changes: Sequence[Patch]) -> str:
    """A text after changes of its lines. Line ends are kept, and the indentation of code in Markdown."""
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    ending = next((end for line in lines for end in ("\r\n", "\n", "\r") if line.endswith(end)), "\n")
    for one in sorted(changes, key=lambda change: -change.first):
        start, stop = one.first - 1, one.first - 1 + len(one.old)
        around = lines[start] if start < len(lines) else ""
        indent = ""
        if one.old and around.rstrip("\r\n").endswith(one.old[0]):
            indent = around.rstrip("\r\n").removesuffix(one.old[0]).replace("\ufeff", "")
        new = [indent + line + ending if line else ending for line in one.new]
        if start and not lines[start - 1].endswith(("\n", "\r")) and lines[start - 1]:
            lines[start - 1] += ending
        if new and stop >= len(lines) and (one.old and not lines[-1].endswith(("\n", "\r"))):
            new[-1] = new[-1].removesuffix(ending)  # no line end at the end of the file, as before
        if start == 0 and text.startswith("\ufeff") and new and one.old:
            new[0] = "\ufeff" + new[0]
        lines[start:stop] = new
    return "".join(lines)


def _notebook(text: str, changes: Sequence[Patch]) -> str:
    """A notebook after changes: only the sources of changed cells are written anew."""
    by_cell: dict[int, list[Patch]] = {}
    for one in changes:
        by_cell.setdefault(one.cell or 0, []).append(one)
    for number, (start, end) in reversed(list(enumerate(_sources(text), 1))):
        if number in by_cell:
            text = text[:start] + _source(text, text[start:end], by_cell[number]) + text[end:]
    return text


def _source(whole: str, written: str, changes: Sequence[Patch]) -> str:
    """The JSON of a source after changes: a string or a list of them, laid out as before."""
    value: Any = json.loads(written)
    escape = whole.isascii()
    if isinstance(value, str):
        return json.dumps(_replaced(value, changes), ensure_ascii=escape)
    lines = re.split(r"(?<=\n)", _replaced("".join(value), changes))
    lines = [line for line in lines if line]
    # What is the same stays as it is written: other programs escape other characters.
    same = {json.loads(literal): literal for literal in _STRING.findall(written)}
    literals = [same.get(line) or json.dumps(line, ensure_ascii=escape) for line in lines]
    found = list(_STRING.finditer(written))
    if not found:
        return json.dumps(lines, ensure_ascii=escape)
    before, after = written[: found[0].start()], written[found[-1].end() :]
    between = written[found[0].end() : found[1].start()] if len(found) > 1 else "," + before[1:]
    return before + between.join(literals) + after


@dataclass(frozen=True)
class _Node:
    """A JSON value: where it is, and its members."""

    start: int
    end: int
    members: Mapping[str, _Node] | None = None
    items: Sequence[_Node] | None = None


def _sources(text: str) -> Iterator[tuple[int, int]]:
    """Where the sources of code cells are, in the order of :func:`byhand.judge.reading.cells.cells`."""
    top = _parsed(text, _skip(text, text.index("{"))).members or {}
    cells = top.get("cells")
    lists = [cells] if cells is not None else []
    if not lists and "worksheets" in top:
        sheets = [sheet.members or {} for sheet in top["worksheets"].items or ()]
        lists = [sheet["cells"] for sheet in sheets if "cells" in sheet]
    for found in lists:
        for cell in found.items or ():
            members = cell.members or {}
            kind = members.get("cell_type")
            if kind is None or json.loads(text[kind.start : kind.end]) != "code":
                continue
            source = members.get("source") or members.get("input")
            if source is None or not _is_text(text, source):
                continue
            yield source.start, source.end


def _is_text(text: str, node: _Node) -> bool:
    if node.items is not None:
        return all(text[item.start] == '"' for item in node.items)
    return text[node.start] == '"'


def _parsed(text: str, at: int) -> _Node:
    """The value that begins at a place of a valid JSON text."""
    if text[at] == "{":
        members: dict[str, _Node] = {}
        end = _skip(text, at + 1)
        while text[end] != "}":
            name = _STRING.match(text, end)
            assert name is not None
            value = _parsed(text, _skip(text, _skip(text, name.end()) + 1))
            members[json.loads(name[0])] = value
            end = _next(text, value.end)
        return _Node(at, end + 1, members=members)
    if text[at] == "[":
        items: list[_Node] = []
        end = _skip(text, at + 1)
        while text[end] != "]":
            items.append(_parsed(text, end))
            end = _next(text, items[-1].end)
        return _Node(at, end + 1, items=items)
    match = _STRING.match(text, at) or _PLAIN.match(text, at)
    assert match is not None
    return _Node(at, match.end())


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _next(text: str, at: int) -> int:
    """Behind a member: the place of the next one, or of the bracket."""
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at
