"""Reads a learner's file: statements worth running are kept at their lines, and nothing is run.

The work is linear in the size of the file; larger inputs are refused with a message.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from byhand.judge.model import Definition, Passage, Place, Problem, Program
from byhand.judge.reading.blocks import Broken
from byhand.judge.reading.branches import branches, flat
from byhand.judge.reading.cells import CELL_MARK, Cell, cells, python_of
from byhand.judge.reading.needs import packages
from byhand.judge.reading.passages import documented, unfenced, written
from byhand.judge.reading.statements import KEEPABLE, Statement, bound, first_line, kept
from byhand.judge.reading.syntax import TOO_MUCH, faults
from byhand.judge.reading.unreadable import Unreadable

__all__ = ["Unreadable", "bound", "first_line", "read"]

DEFINITIONS, KEPT, STATEMENTS = 2_000, 10_000, 50_000
"""Functions, classes and methods of a file; statements that are kept; top-level statements."""
PROGRAMS = 40_000_000
"""Characters of all programs of a file. A definition whose names are bound again later has a program of its own."""
COMMENT = 50
"""How many comment lines above a definition are read."""
DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_WRITES = re.compile(r"%%(?:write)?file\s+(?:-\w+\s+)?['\"]?([\w./-]+\.py)\b")
_FOLLOWED = re.compile(rb"\s*+;")


def read(data: bytes, file: str) -> Program:
    """Read the program in a notebook, in a Python file with or without ``# %%`` cells, or in a Markdown file.

    ``file`` appears in messages, and its ending gives the format. Raises Unreadable.
    """
    text = _Text(file)
    for cell in cells(data, file):
        text.add(cell)
    statements = kept(text.statements)
    _countable(statements, file)
    programs = _programs(text.code, statements, file)
    left = frozenset(text.bound.difference(*(statement.binds for statement in statements)))
    imports = frozenset(package for statement in text.statements for package in packages(statement.node))
    definitions = tuple(
        Definition(name, node, program, statement.heading, nodes, tuple(lines), left, imports=imports)
        for statement, (program, nodes) in programs
        for name, node in statement.definition
        for lines in [text.code[node.lineno - 1 : node.end_lineno]]
    )
    whole = _render(text.code, statements)
    seed = int.from_bytes(sha256(data).digest()[:4])
    passages = tuple(documented((statement.node for statement in statements), text.shown))
    for passage, where in text.passages:
        passages += (replace(passage, first=len(text.shown) + 1),)
        text.shown += passage.lines
        text.places += where
    places, shown, problems = tuple(text.places), tuple(text.shown), tuple(text.problems)
    return Program(file, whole, definitions, places, shown, text.counts, text.written, seed, problems, passages)


@dataclass
class _Text:
    """All cells joined in order."""

    file: str
    code: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    """The same lines as the learner wrote them."""
    places: list[Place] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)
    """Names that statements bind, whether they are run or not."""
    counts: dict[int, int] = field(default_factory=dict)
    """Of cells that have been run: the number that Jupyter shows."""
    written: dict[str, str] = field(default_factory=dict)
    """Files that cells write, by path."""
    count: int = 0
    """The number of all statements."""
    passages: list[tuple[Passage, list[Place]]] = field(default_factory=list)
    """Markdown, with the places of its lines."""

    def add(self, cell: Cell) -> None:
        """Append a cell, and those of its statements that can be used."""
        if cell.markdown:
            lines = unfenced(cell.lines)
            places = [Place(cell.number, cell.first + i, cell.number is not None) for i in range(len(lines))]
            self.passages.append((Passage(0, lines), places))
            return
        if self.passages and written(cell.lines):
            passage, places = self.passages[-1]
            self.passages[-1] = replace(passage, code=True), places
        offset = len(self.code)
        if cell.number is not None and cell.count is not None:
            self.counts[cell.number] = cell.count
        if magic := _WRITES.match(next(filter(str.strip, cell.lines), "")):
            self.written[magic[1].removeprefix("./")] = "\n".join(cell.lines[1:])
        source, nodes, wrong = python_of(cell.lines)
        self.code += source
        self.shown += cell.lines
        self.places += [Place(cell.number, cell.first + i) for i in range(len(cell.lines))]
        if cell.problem:
            self._note(cell, Broken(1, cell.problem))
        for broken in wrong:
            self._note(cell, broken)
        self._statements(cell, nodes, offset)

    def _statements(self, cell: Cell, nodes: Sequence[ast.stmt], offset: int) -> None:
        self.count += len(nodes)
        if self.count > STATEMENTS:
            raise Unreadable("statements", most=STATEMENTS, file=self.file)
        bits = _Bits(self.code[offset:])
        split: list[tuple[ast.stmt, str]] = []
        for node in nodes:
            split += list(branches(node, bits.lines)) or [(node, bits.of(node))]
        whole, nodes, texts = nodes, [node for node, _ in split], [text for _, text in split]
        self.bound |= {name for node in whole for name in bound(node)}
        for node, text, found in zip(nodes, texts, faults(nodes, texts), strict=True):
            keepable = isinstance(node, KEEPABLE)
            if found is not None:
                if keepable or found[1] not in TOO_MUCH:  # statements that are not run may be large
                    self._note(cell, Broken(*found, (node.name,) if isinstance(node, DEFINITION) else ()))
                continue
            if keepable:
                heading = _heading(node, cell)
                ast.increment_lineno(node, offset)
                self.statements.append(Statement(node, text, heading))

    def _note(self, cell: Cell, broken: Broken) -> None:
        place = Place(cell.number, cell.first + broken.line - 1)
        self.problems.append(Problem(place, broken.message, broken.lost))


class _Bits:
    """The lines of a cell, cut at statements. Each line is encoded once, even if many statements share it."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self._line, self._encoded = -1, b""

    def of(self, node: ast.stmt) -> str:
        """The text of a statement: whole lines with comments, unless it shares a line."""
        first, last = first_line(node) - 1, (node.end_lineno or node.lineno) - 1
        end = node.end_col_offset or 0
        followed = _FOLLOWED.match(self._bytes(last), end)
        if not node.col_offset and not followed:
            return "\n".join(self.lines[first : last + 1])
        start = node.col_offset if first == node.lineno - 1 else 0
        if first == last:
            return self._bytes(first)[start:end].decode()
        tail = self._bytes(last)[:end] if followed else self._bytes(last)
        return "\n".join((self._bytes(first)[start:].decode(), *self.lines[first + 1 : last], tail.decode()))

    def _bytes(self, line: int) -> bytes:
        if line != self._line:
            self._line, self._encoded = line, self.lines[line].encode()
        return self._encoded


def _heading(node: ast.stmt, cell: Cell) -> str:
    """The headings above the cell, and the comment right above a definition."""
    above: list[str] = []
    line = first_line(node) - 2
    definition = isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign)
    while definition and 0 <= line < len(cell.lines) and len(above) < COMMENT:
        if not cell.lines[line].startswith("#") or CELL_MARK.match(cell.lines[line]):
            break
        above.append(cell.lines[line][:400].lstrip("# ").strip())
        line -= 1
    return " · ".join(part for part in (cell.heading, *reversed(above)) if part)[:400]


def _countable(statements: Sequence[Statement], file: str) -> None:
    """Refuse a file too large to be written by hand."""
    nodes = [node for statement in statements for _, node in statement.definition]
    methods = (part for node in nodes if isinstance(node, ast.ClassDef) for part in node.body)
    count = len(nodes) + sum(isinstance(part, ast.FunctionDef) for part in methods)
    for most, there, what in (
        (DEFINITIONS, count, "functions"),
        (KEPT, len(statements), "definitions"),
    ):
        if there > most:
            raise Unreadable(what, most=most, file=file, there=there)


_Version = tuple[str, tuple[ast.stmt, ...]]


def _programs(code: Sequence[str], statements: Sequence[Statement], file: str) -> Iterator[tuple[Statement, _Version]]:
    """Each definition with its program: the names as they are bound when the learner uses it.

    If a name is bound again later, the definition keeps the first binding; later statements belong to its program only
    if they bind new names.
    """
    versions: dict[tuple[int, ...], _Version] = {}
    before: set[str] = set()
    again = _again(statements)
    work = 0
    for i, statement in enumerate(statements):
        before |= statement.binds
        if not statement.definition:
            continue
        dropped = tuple(j for j in again if j > i and statements[j].binds <= before)
        work += len(again)
        if dropped not in versions:
            missing = set(dropped)
            used = [s for j, s in enumerate(statements) if j not in missing]
            versions[dropped] = (_render(code, used), tuple(flat([s.node for s in used])))
            work += len(versions[dropped][0])
        if work > PROGRAMS:
            raise Unreadable("names anew", file=file)
        yield statement, versions[dropped]


def _again(statements: Sequence[Statement]) -> list[int]:
    """The indices of statements that bind no new name, except repeated imports."""
    by: dict[str, str] = {}
    found = []
    for i, statement in enumerate(statements):
        names, text = statement.binds, statement.text if statement.imports and "*" not in statement.binds else ""
        if names and names <= by.keys() and not (text and all(by[name] == text for name in names)):
            found.append(i)
        by |= dict.fromkeys(names, text)
    return found


def _render(code: Sequence[str], statements: Sequence[Statement]) -> str:
    """The lines of these statements at their places; of a line with several statements, those that are kept."""
    text: dict[int, list[str]] = {}
    for statement in statements:
        for i, line in enumerate(statement.text.split("\n"), statement.first - 1):
            text.setdefault(i, []).append(line)
    return "\n".join(map("; ".join, (text.get(i, ()) for i in range(len(code)))))
