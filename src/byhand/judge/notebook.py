"""A learner's file, read: what is worth running is kept, each line where it stood, and nothing is run.

Kept are definitions, imports and constants. Training loops, downloads and prints at the top level are not: they take
time, and say nothing about a formula.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from symtable import symtable

from byhand.judge.cells import CELL_MARK, Cell, Unreadable, cells, python_of
from byhand.judge.model import Definition, Place, Program

__all__ = ["Unreadable", "bound", "first_line", "looked_up", "read"]

_PURE = re.compile(
    r"(?:float|int|bool|str|range|len|dict|list|tuple|set|min|max|abs|namedtuple|TypeVar|partial|getattr)$"
    r"|(?:torch|np|numpy|jnp|math|nn|F|functools|collections|typing|dataclasses|random|string|torch\.nn|np\.random)\.\w+(?:\.\w+)*$"
)
_EFFECT = re.compile(r"load|save|open|read|write|fetch|download|seed|set_|show|print|compile|input", re.IGNORECASE)


def read(data: bytes, file: str) -> Program:
    """The program in a notebook, or in a Python file with or without ``# %%`` cells; raises Unreadable.

    ``file`` is for messages, and says by its ending which of the two it is.
    """
    return _program(file, cells(data, file))


def _program(file: str, found: Sequence[Cell]) -> Program:
    """All cells one below the other, with what is not kept blanked, and the definitions in them."""
    lines: list[str] = []
    shown: list[str] = []
    places: list[Place] = []
    statements: list[_Statement] = []
    problems = []
    for cell in found:
        offset = len(lines)
        code = python_of(cell.lines)
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
    needed = {name for statement in statements if statement.definition for name in looked_up(statement.node)}
    kept = [s for s in statements if s.definition or _keep(s.node, needed)]
    used = {n.id for s in kept if not s.imports for n in ast.walk(s.node) if isinstance(n, ast.Name)}
    return [s for s in kept if not s.imports or "*" in s.binds or s.binds & used]


def looked_up(node: ast.stmt) -> set[str]:
    """Names that a definition looks up outside itself when it runs."""
    tables, found = [symtable(ast.unparse(node), "", "exec")], set()
    for table in tables:
        tables += table.get_children()
        found |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
    return found


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


def _heading(node: ast.stmt, cell: Cell, offset: int) -> str:
    """The headings above the cell, and the comment right above the statement."""
    above = []
    line = _Statement(node, "").first - offset - 2
    while line >= 0 and cell.lines[line].startswith("#") and not CELL_MARK.match(cell.lines[line]):
        above.append(cell.lines[line].lstrip("# ").strip())
        line -= 1
    return " · ".join(part for part in (cell.heading, *reversed(above)) if part)[:400]
