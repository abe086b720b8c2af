"""A learner's file, read: what is worth running is kept, each line where it stood, and nothing is run.

Kept are definitions, imports and constants. Training loops, downloads and prints at the top level are not: they take
time, and say nothing about a formula. What stored outputs hold is never looked at.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from symtable import symtable
from typing import Any

from byhand.judge.model import Definition, Place, Program

__all__ = ["Unreadable", "bound", "first_line", "read"]

FILE_BYTES, CELL_BYTES, CELLS = 5_000_000, 100_000, 2_000

_CELL_MARK = re.compile(r"^# ?%%(.*)$")
_MAGIC = re.compile(r"^(\s*)(?:[%!]|[\w, ]+=\s*[%!]).*$")
_HELP = re.compile(r"^\s*\?{1,2}[\w.]+\s*$|^\s*[\w.]+\?{1,2}\s*$")
_TRANSPARENT = {"time", "timeit", "capture", "prun", "memit"}
"""Cell magics below which there is Python all the same."""
_PURE = re.compile(
    r"(?:float|int|bool|str|range|len|dict|list|tuple|set|min|max|abs|namedtuple|TypeVar|partial|getattr)$"
    r"|(?:torch|np|numpy|jnp|math|nn|F|functools|collections|typing|dataclasses|random|string|torch\.nn|np\.random)\.\w+(?:\.\w+)*$"
)
_EFFECT = re.compile(r"load|save|open|read|write|fetch|download|seed|set_|show|print|compile|input", re.IGNORECASE)


class Unreadable(ValueError):
    """The file is no notebook and no Python that could be judged; the message is one sentence."""


@dataclass(frozen=True)
class _Cell:
    """Code as the learner has it, and the Markdown headings above."""

    number: int | None
    first: int
    """Its first line in the file, for a plain file; 1 in a notebook."""
    lines: tuple[str, ...]
    heading: str


def read(data: bytes, file: str) -> Program:
    """The program in a notebook (nbformat 3 or 4), or in a Python file with or without ``# %%`` cells.

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
    cells = list(_notebook_cells(text, file) if notebook else _python_cells(text))
    return _program(file, cells)


def _notebook_cells(text: str, file: str) -> Iterator[_Cell]:
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
            yield _Cell(number, 1, tuple(_lines(source)), heading)


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


def _python_cells(text: str) -> Iterator[_Cell]:
    """A plain file is one cell; marks ``# %%`` begin new ones, ``# %% [markdown]`` one of headings."""
    lines = _lines(text)
    starts = [i for i, line in enumerate(lines) if _CELL_MARK.match(line)]
    bounds = [*([0] if not starts or starts[0] > 0 else []), *starts, len(lines)]
    heading = ""
    for start, end in pairwise(bounds):
        mark = _CELL_MARK.match(lines[start])
        if mark and "[markdown]" in mark[1]:
            heading = _headings("\n".join(re.sub(r"^# ?", "", line) for line in lines[start + 1 : end])) or heading
            continue
        title = mark[1].strip() if mark else ""
        yield _Cell(None, start + 1, tuple(lines[start:end]), title or heading)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _program(file: str, cells: Sequence[_Cell]) -> Program:
    """All cells one below the other, with what is not kept blanked, and the definitions in them."""
    lines: list[str] = []
    shown: list[str] = []
    places: list[Place] = []
    statements: list[_Statement] = []
    problems = []
    for cell in cells:
        offset = len(lines)
        code = _without_magics(cell.lines)
        try:
            tree = ast.parse("\n".join(code))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None) or 1
            problems.append((Place(cell.number, cell.first + line - 1), getattr(error, "msg", None) or str(error)))
            tree = ast.Module([], [])
        for node in tree.body:
            ast.increment_lineno(node, offset)
            statements.append(_Statement(node, _heading(node, cell, offset)))
        lines += code
        shown += cell.lines
        places += [Place(cell.number, cell.first + i) for i in range(len(cell.lines))]
    kept = _kept(statements)
    definitions = tuple(
        Definition(name, node, _text(lines, _at_its_time(kept, statement)), statement.heading)
        for statement in kept
        for name, node in statement.definition
    )
    return Program(file, _text(lines, kept), definitions, tuple(places), tuple(shown), tuple(problems))


def _without_magics(lines: Sequence[str]) -> list[str]:
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


@dataclass(frozen=True)
class _Statement:
    """One at the top level, with the words above it."""

    node: ast.stmt
    heading: str

    @property
    def first(self) -> int:
        """Its first line, decorators included."""
        return first_line(self.node)

    @property
    def imports(self) -> bool:
        """Whether it is an import."""
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    @property
    def definition(self) -> list[tuple[str, ast.FunctionDef | ast.ClassDef]]:
        """The name and node of a function, of a class, or of a function written as ``name = lambda …``."""
        node = self.node
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            return [(node.name, node)]
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Lambda)
            and isinstance(node.targets[0], ast.Name)
        ):
            body: list[ast.stmt] = [ast.copy_location(ast.Return(node.value.body), node)]
            function = ast.FunctionDef(node.targets[0].id, node.value.args, body, [])
            return [(function.name, ast.copy_location(function, node))]
        return []

    @property
    def binds(self) -> set[str]:
        """The names that it binds."""
        return bound(self.node)


def bound(node: ast.stmt) -> set[str]:
    """The names that a statement binds."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def first_line(node: ast.stmt) -> int:
    """The first line of a statement, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _kept(statements: Sequence[_Statement]) -> list[_Statement]:
    """Definitions, constants, what definitions need that is as cheap as a constant, and the imports of all these."""
    needed = {name for statement in statements for name in _globals(statement)}
    kept = [s for s in statements if s.definition or _keep(s.node, needed)]
    used = {n.id for s in kept if not s.imports for n in ast.walk(s.node) if isinstance(n, ast.Name)}
    return [s for s in kept if not s.imports or "*" in s.binds or s.binds & used]


def _globals(statement: _Statement) -> Iterator[str]:
    """Names that a definition looks up outside itself when it runs."""
    if statement.definition:
        tables = [symtable(ast.unparse(statement.node), "", "exec")]
        for table in tables:
            tables += table.get_children()
            yield from (symbol.get_name() for symbol in table.get_symbols() if symbol.is_global())


def _keep(node: ast.stmt, needed: set[str]) -> bool:
    match node:
        case ast.FunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Assign(targets=targets, value=value):
            plain = all(isinstance(target, ast.Name | ast.Tuple | ast.Attribute) for target in targets)
            return plain and _constant(value, bool(bound(node) & needed))
        case ast.AnnAssign(value=ast.expr() as value):
            return _constant(value, bool(bound(node) & needed))
        case ast.If(test=test, body=body, orelse=orelse):
            return "__main__" not in ast.dump(test) and all(_keep(n, needed) for n in (*body, *orelse))
        case ast.Try(body=body, handlers=handlers):
            rescue = [n for handler in handlers for n in handler.body]
            return all(isinstance(n, ast.Pass) or _keep(n, needed) for n in (*body, *rescue))
    return False


def _constant(value: ast.expr, needed: bool) -> bool:
    """No loop in it, and no call; if a definition needs it, calls of what is quick and has no effect are fine."""
    loops = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Await, ast.NamedExpr)
    for n in ast.walk(value):
        if isinstance(n, loops) or (isinstance(n, ast.Call) and not (needed and _pure(n))):
            return isinstance(value, ast.Lambda)
    return True


def _pure(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    return bool(_PURE.match(name)) and not _EFFECT.search(name)


def _at_its_time(kept: Sequence[_Statement], definition: _Statement) -> list[_Statement]:
    """What is bound when the learner uses a definition: a name that is bound again later still means the first."""
    index = next(i for i, statement in enumerate(kept) if statement is definition)
    bound = {name for statement in kept[: index + 1] for name in statement.binds}
    later = [s for s in kept[index + 1 :] if not s.binds or not s.binds <= bound]
    return [*kept[: index + 1], *later]


def _text(lines: Sequence[str], statements: Sequence[_Statement]) -> str:
    """The lines of these statements, each where it stood; of a line with several statements, those that are kept."""
    text = [""] * len(lines)
    for statement in statements:
        node, first = statement.node, statement.first - 1
        last = (node.end_lineno or node.lineno) - 1
        rest = lines[last].encode()[node.end_col_offset :].strip()
        if text[first] or node.col_offset or rest[:1] == b";":
            part = ast.get_source_segment("\n".join(lines), node) or ""
            text[first : last + 1] = "; ".join(filter(None, (text[first], part))).split("\n")
        else:
            text[first : last + 1] = lines[first : last + 1]
    return "\n".join(text)


def _heading(node: ast.stmt, cell: _Cell, offset: int) -> str:
    """The headings above the cell, and the comment right above the statement."""
    above = []
    line = _Statement(node, "").first - offset - 2
    while line >= 0 and cell.lines[line].startswith("#") and not _CELL_MARK.match(cell.lines[line]):
        above.append(cell.lines[line].lstrip("# ").strip())
        line -= 1
    return " · ".join(part for part in (cell.heading, *reversed(above)) if part)[:400]
