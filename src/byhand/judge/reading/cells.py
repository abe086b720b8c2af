"""A learner's file as cells: the code and the headings above it. Nothing is run, and stored outputs are ignored."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from byhand.judge.reading.blocks import Broken, rescued
from byhand.judge.reading.syntax import parse
from byhand.judge.reading.unreadable import Unreadable

FILE_BYTES, CODE_BYTES, CELL_BYTES, CELLS = 100_000_000, 1_000_000, 100_000, 2_000
"""Bytes of a notebook with its outputs; of all code; of one cell's code; and the number of cells."""
CONTAINERS = 5_000_000
"""Brackets in a notebook: each may become a list or a table in memory."""
MARKDOWN = (".md", ".markdown", ".qmd", ".rmd")
"""Endings of files whose code is in fences."""
COUNTED = 1e9
"""Above what a notebook counts to."""
HEADINGS = 10_000
"""How many characters of a Markdown cell are read: embedded pictures come at the end."""

CELL_MARK = re.compile(r"^# ?%%(.*)$")
_MAGIC = re.compile(r"^(\s*+)(?:[%!]|[\w, ]++=\s*+[%!]).*$")
_HELP = re.compile(r"^\s*+\?{1,2}[\w.]++\s*+$|^\s*+[\w.]++\?{1,2}\s*+$")
_TRANSPARENT = {"time", "timeit", "capture", "prun", "memit", "writefile", "file", "python", "python3"}
"""Cell magics whose cell body is Python."""
_FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})\s*\{?\.?([\w.+-]*)")
_PYTHON = {"python", "python3", "py", "py3", "ipython", "ipython3", "code-cell"}
"""Languages of a Markdown fence that mean Python; a fence without a language may be Python too."""


@dataclass(frozen=True)
class Cell:
    """Code as the learner wrote it, and the Markdown headings above; or Markdown."""

    number: int | None
    first: int
    """Its first line in a plain file; 1 in a notebook."""
    lines: tuple[str, ...]
    heading: str
    count: int | None = None
    """The number that Jupyter shows beside it, where it has been run."""
    problem: str = ""
    """Why it is left out, one of :data:`byhand.judge.reading.syntax.TOO_MUCH`; "" if it is read."""
    markdown: bool = False
    """Whether it is text; then :attr:`number` counts the Markdown cells of a notebook."""


def largest(file: str) -> int:
    """The largest size of a file to check, in bytes."""
    return CODE_BYTES if file.lower().endswith((".py", *MARKDOWN)) else FILE_BYTES


def content(file: str) -> bytes:
    """The bytes of a file; at most one more than the size limit, which is enough to refuse it."""
    with open(file, "rb") as stream:
        return stream.read(largest(file) + 1)


def cells(data: bytes, file: str) -> list[Cell]:
    """The cells of a notebook (nbformat 3 or 4), of a Python file with or without ``# %%``, or of a Markdown file.

    ``file`` appears in messages, and its ending gives the format; without a known ending, the first character does.
    Raises Unreadable.
    """
    if len(data) > largest(file):
        raise _too_large(file, largest(file))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8", file=file) from None
    if "\0" in text:
        raise Unreadable("zero bytes", file=file)
    if file.endswith(".ipynb") or (not file.lower().endswith((".py", *MARKDOWN)) and text.lstrip().startswith("{")):
        found = list(_notebook_cells(text, file))
        if sum(len(line) + 1 for cell in found if not cell.markdown for line in cell.lines) > CODE_BYTES:
            raise Unreadable("much code", most=CODE_BYTES // 10**6, file=file)
        return found
    if len(data) > CODE_BYTES:
        raise _too_large(file, CODE_BYTES)
    return list(_markdown_cells(text) if file.lower().endswith(MARKDOWN) else _python_cells(text))


def _too_large(file: str, limit: int) -> Unreadable:
    return Unreadable("large", most=limit // 10**6, file=file)


def _notebook_cells(text: str, file: str) -> Iterator[Cell]:
    if text.count("[") + text.count("{") > CONTAINERS:
        raise Unreadable("containers", most=CONTAINERS, file=file)
    try:
        notebook = json.loads(text, parse_int=float)  # floats may have any length; no number of a notebook is used
    except (ValueError, RecursionError, MemoryError):
        raise Unreadable("not JSON", file=file) from None
    found = _found(notebook)
    if found is None:
        raise Unreadable("no cells", file=file)
    if len(found) > CELLS:
        raise Unreadable("cells", most=CELLS, file=file, there=len(found))
    heading, number, texts = "", 0, 0
    for cell in found:
        source = _source(cell)
        if source is None:
            continue
        if cell["cell_type"] in ("markdown", "heading"):
            heading = _headings(source[:HEADINGS]) or heading
            texts += 1
            level = "#" * int(cell.get("level", 1)) + " " if cell["cell_type"] == "heading" else ""
            yield Cell(texts, 1, tuple(_lines(level + source[:HEADINGS])), heading, markdown=True)
        elif cell["cell_type"] == "code":
            number += 1
            long = len(source.encode()) > CELL_BYTES
            count = cell.get("execution_count", cell.get("prompt_number"))
            count = int(count) if isinstance(count, float) and 0 < count < COUNTED else None
            lines = () if long else tuple(_lines(source))
            yield Cell(number, 1, lines, heading, count, "long cell" if long else "")


def _found(notebook: Any) -> list[Any] | None:
    """The cells of a notebook of either format; None if there are none."""
    if not isinstance(notebook, dict):
        return None
    found, sheets = notebook.get("cells"), notebook.get("worksheets")
    if found is None and isinstance(sheets, list):
        lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        found = [cell for some in lists if isinstance(some, list) for cell in some]
    return found if isinstance(found, list) else None


def _source(cell: Any) -> str | None:
    """The text of a cell of either format; None if it is not a cell."""
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        return None
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    # JSON allows half a surrogate pair, which cannot be encoded.
    return source.encode(errors="replace").decode() if isinstance(source, str) else None


def _headings(markdown: str) -> str:
    """The headings of a Markdown cell; its first line if it has none."""
    lines = [line.strip() for line in markdown.split("\n") if line.strip()]
    heads = [line.lstrip("#").strip() for line in lines if line.startswith("#")]
    return " · ".join(heads or lines[:1])[:200]


def _python_cells(text: str) -> Iterator[Cell]:
    """A plain file is one cell; ``# %%`` starts a new one, ``# %% [markdown]`` one of headings."""
    lines = _lines(text)
    starts = [i for i, line in enumerate(lines) if CELL_MARK.match(line)]
    bounds = [*([0] if not starts or starts[0] > 0 else []), *starts, len(lines)]
    heading = ""
    for start, end in pairwise(bounds):
        mark = CELL_MARK.match(lines[start])
        if mark and "[markdown]" in mark[1]:
            heading = _headings("\n".join(re.sub(r"^# ?", "", line) for line in lines[start + 1 : end])) or heading
            blanked = (re.sub(r"^# ?", lambda mark: " " * len(mark[0]), line) for line in lines[start + 1 : end])
            yield Cell(None, start + 2, tuple(blanked), heading, markdown=True)
            continue
        title = mark[1].strip() if mark else ""
        yield Cell(None, start + 1, tuple(lines[start:end]), title or heading)


def _markdown_cells(text: str) -> Iterator[Cell]:
    """The fenced Python code of a Markdown file, each block below its heading, and the text between."""
    heading, fence, said, indent, first = "", "", "", 0, 0
    code: list[str] = []
    lines, done = _lines(text), 0
    for number, line in enumerate(lines, 1):
        mark = _FENCE.match(line)
        if not fence and mark:
            fence, first, code, said, indent = mark[2], number + 1, [], mark[3].lower(), len(mark[1])
        elif fence and mark and mark[2].startswith(fence) and not mark[3]:
            defines = re.search(r"^(?:def|class) \w+", "\n".join(code), re.MULTILINE)
            if said in _PYTHON or (not said and defines):
                yield Cell(None, done + 1, tuple(lines[done : first - 2]), heading, markdown=True)
                yield Cell(None, first, tuple(code), heading)
                done = number
            fence = ""
        elif fence:
            code.append(line[min(indent, len(line) - len(line.lstrip())) :])
        elif line.lstrip().startswith("#"):
            heading = line.strip().lstrip("#").strip()[:200]
    yield Cell(None, done + 1, tuple(lines[done:]), heading, markdown=True)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def python_of(lines: Sequence[str]) -> tuple[list[str], list[ast.stmt], list[Broken]]:
    """The Python lines, their statements, and what is wrong with blocks that are not Python.

    IPython and shell commands become blank, or ``pass`` where a block needs a line.
    """
    at = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines and lines[at].startswith("%%"):
        words = lines[at][2:].split()
        if not words or words[0] not in _TRANSPARENT:
            return [""] * len(lines), [], []
        lines = [*lines[:at], "", *lines[at + 1 :]]
    try:
        return list(lines), parse("\n".join(lines)).body, []
    except SyntaxError:
        pass
    code = [f"{magic[1]}pass" if (magic := _MAGIC.match(line)) else "" if _HELP.match(line) else line for line in lines]
    try:
        return code, parse("\n".join(code)).body, []
    except SyntaxError:
        return rescued(code)
