"""A learner's file as cells: code as the learner has it, and the headings above it. Nothing is run.

What stored outputs hold is never looked at.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

FILE_BYTES, CELL_BYTES, CELLS = 5_000_000, 100_000, 2_000

CELL_MARK = re.compile(r"^# ?%%(.*)$")
_MAGIC = re.compile(r"^(\s*)(?:[%!]|[\w, ]+=\s*[%!]).*$")
_HELP = re.compile(r"^\s*\?{1,2}[\w.]+\s*$|^\s*[\w.]+\?{1,2}\s*$")
_TRANSPARENT = {"time", "timeit", "capture", "prun", "memit"}
"""Cell magics below which there is Python all the same."""


class Unreadable(ValueError):
    """The file is no notebook and no Python that could be judged; the message is one sentence."""


@dataclass(frozen=True)
class Cell:
    """Code as the learner has it, and the Markdown headings above."""

    number: int | None
    first: int
    """Its first line in the file, for a plain file; 1 in a notebook."""
    lines: tuple[str, ...]
    heading: str


def cells(data: bytes, file: str) -> list[Cell]:
    """Those of a notebook (nbformat 3 or 4), or in a Python file with or without ``# %%`` cells.

    ``file`` is for messages, and says by its ending which of the two it is; without a known ending its first character
    does. Raises Unreadable.
    """
    if len(data) > FILE_BYTES:
        raise Unreadable(f"a file to check must have at most {FILE_BYTES // 10**6} MB, {file} has {len(data):,} bytes.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"a file to check must be text in UTF-8, {file} is not.") from None
    if "\0" in text:
        raise Unreadable(f"a file to check must be text, {file} has zero bytes.")
    notebook = file.endswith(".ipynb") or (not file.endswith(".py") and text.lstrip().startswith("{"))
    return list(_notebook_cells(text, file) if notebook else _python_cells(text))


def _notebook_cells(text: str, file: str) -> Iterator[Cell]:
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(f"a notebook must be JSON, {file} is not.") from None
    found = notebook.get("cells") if isinstance(notebook, dict) else None
    if found is None and isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
        found = [cell for sheet in notebook["worksheets"] if isinstance(sheet, dict) for cell in sheet.get("cells", [])]
    if not isinstance(found, list):
        raise Unreadable(f"a notebook must have cells, {file} has none.")
    if len(found) > CELLS:
        raise Unreadable(f"a notebook to check must have at most {CELLS} cells, {file} has {len(found):,}.")
    heading, number = "", 0
    for cell in found:
        source = _source(cell)
        if source is None:
            continue
        if len(source.encode()) > CELL_BYTES:
            raise Unreadable(f"a cell must have at most {CELL_BYTES:,} bytes, one of {file} has more.")
        if cell["cell_type"] in ("markdown", "heading"):
            heading = _headings(source) or heading
        elif cell["cell_type"] == "code":
            number += 1
            yield Cell(number, 1, tuple(_lines(source)), heading)


def _source(cell: Any) -> str | None:
    """The text of a cell of either format; None for what is no cell."""
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        return None
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    return source if isinstance(source, str) else None


def _headings(markdown: str) -> str:
    """The lines of a Markdown cell that are headings; its first line if none is."""
    lines = [line.strip() for line in markdown.split("\n") if line.strip()]
    heads = [line.lstrip("#").strip() for line in lines if line.startswith("#")]
    return " · ".join(heads or lines[:1])[:200]


def _python_cells(text: str) -> Iterator[Cell]:
    """A plain file is one cell; marks ``# %%`` begin new ones, ``# %% [markdown]`` one of headings."""
    lines = _lines(text)
    starts = [i for i, line in enumerate(lines) if CELL_MARK.match(line)]
    bounds = [*([0] if not starts or starts[0] > 0 else []), *starts, len(lines)]
    heading = ""
    for start, end in pairwise(bounds):
        mark = CELL_MARK.match(lines[start])
        if mark and "[markdown]" in mark[1]:
            heading = _headings("\n".join(re.sub(r"^# ?", "", line) for line in lines[start + 1 : end])) or heading
            continue
        title = mark[1].strip() if mark else ""
        yield Cell(None, start + 1, tuple(lines[start:end]), title or heading)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def python_of(lines: Sequence[str]) -> list[str]:
    """Python alone: what IPython and the shell would have run is blanked, or ``pass`` where a block needs a line."""
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%"):
        words = first[2:].split()
        if not words or words[0] not in _TRANSPARENT:
            return [""] * len(lines)
        lines = ["" if line is first else line for line in lines]
    try:
        ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    else:
        return list(lines)
    return [f"{magic[1]}pass" if (magic := _MAGIC.match(line)) else "" if _HELP.match(line) else line for line in lines]
