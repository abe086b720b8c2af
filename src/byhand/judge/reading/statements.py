"""Top-level statements of a learner's file, and which of them are worth running.

Definitions, imports and constants are kept. Training loops, downloads and prints are dropped: they take time and say
nothing about a formula.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from symtable import symtable

from byhand.judge.reading.branches import flat
from byhand.judge.reading.syntax import first_line, quiet

__all__ = ["KEEPABLE", "LAZY", "Statement", "bound", "first_line", "kept", "looked_up"]

_PURE = re.compile(
    r"(?:float|int|bool|str|range|len|dict|list|tuple|set|min|max|abs|namedtuple|TypeVar|partial|getattr)$"
    r"|(?:torch|np|numpy|jnp|math|nn|F|functools|collections|typing|dataclasses|random|string|torch\.nn|np\.random)\.\w+(?:\.\w+)*$"
    r"|(?:logging\.)?getLogger$"
)
_EFFECT = re.compile(r"load|save|open|read|write|fetch|download|seed|set_|show|print|compile|input", re.IGNORECASE)
LAZY = "from __future__ import annotations"
_SIMPLE = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
"""Statements that may share a line with others."""


@dataclass(frozen=True, eq=False)
class Statement:
    """A top-level statement with the words above it."""

    node: ast.stmt
    text: str
    """Its own lines, including whole lines that it shares with others."""
    heading: str

    @property
    def first(self) -> int:
        """Its first line, decorators included."""
        return first_line(self.node)

    @property
    def last(self) -> int:
        """Its last line."""
        return self.node.end_lineno or self.node.lineno

    @property
    def lazy(self) -> bool:
        """Whether it turns off the evaluation of annotations; this holds wherever it is in a notebook."""
        return isinstance(self.node, ast.ImportFrom) and self.node.module == "__future__"

    @property
    def imports(self) -> bool:
        """Whether it is an import."""
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    @cached_property
    def definition(self) -> list[tuple[str, ast.FunctionDef | ast.ClassDef]]:
        """The names and nodes of functions and classes, also of a function written as ``name = lambda …``.

        It has several only if it is a branch.
        """
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
        if isinstance(node, ast.If):
            return [(part.name, part) for part in flat([node]) if isinstance(part, ast.FunctionDef | ast.ClassDef)]
        return []

    @cached_property
    def binds(self) -> frozenset[str]:
        """The names that it binds."""
        return frozenset(bound(self.node))


def bound(node: ast.stmt) -> set[str]:
    """The names that a statement binds, those in its branches included."""
    found: set[str] = set()
    waiting: list[ast.AST] = [node]
    while waiting:
        part = waiting.pop()
        match part:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found |= {(alias.asname or alias.name).partition(".")[0] for alias in names}
            case ast.If() | ast.Try() | ast.ExceptHandler():
                fields = ("body", "handlers", "orelse", "finalbody")
                waiting += [inner for field in fields for inner in getattr(part, field, ())]
            case _:
                found |= {n.id for n in ast.walk(part) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return found


KEEPABLE = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.If, ast.Try)
"""Kinds of statements that may be worth running."""


def kept(statements: Sequence[Statement]) -> list[Statement]:
    """Definitions, constants, cheap statements that definitions need, and the imports of all these."""
    needed = _needed(statements)
    found = _used([s for s in statements if s.definition or _keep(s.node, needed)])
    used = {n.id for s in found if not s.imports for n in ast.walk(s.node) if isinstance(n, ast.Name)}
    found = [s for s in found if not s.imports or "*" in s.binds or s.binds & used]
    later = [s for s in found if not s.lazy]
    if any(s.lazy for s in statements) and later and (later[0].first > 1 or isinstance(later[0].node, _SIMPLE)):
        return [Statement(ast.parse(LAZY).body[0], LAZY, ""), *later]
    return later


def _needed(statements: Sequence[Statement]) -> set[str]:
    """Names that definitions look up outside themselves, and the names in the statements that bind those."""
    by_name: dict[str, list[Statement]] = {}
    for statement in statements:
        if isinstance(statement.node, ast.Assign | ast.AnnAssign) and not statement.definition:
            for name in statement.binds:
                by_name.setdefault(name, []).append(statement)
    found = {name for statement in statements if statement.definition for name in looked_up(statement.text)}
    waiting = list(found)
    while waiting:
        for statement in by_name.pop(waiting.pop(), ()):
            names = {n.id for n in ast.walk(statement.node) if isinstance(n, ast.Name)} - found
            found |= names
            waiting += names
    return found


def _used(statements: Sequence[Statement]) -> list[Statement]:
    """All statements but unused constants, which might take long and which nothing would miss."""
    by_name: dict[str, list[Statement]] = {}
    waiting = []
    for statement in statements:
        constant = isinstance(statement.node, ast.Assign | ast.AnnAssign) and statement.binds
        if not constant or statement.definition or _is_record(statement.node):
            waiting.append(statement)
        else:
            for name in statement.binds:
                by_name.setdefault(name, []).append(statement)
    used = set(map(id, waiting))
    while waiting:
        for node in ast.walk(waiting.pop().node):
            if isinstance(node, ast.Name):
                found = [s for s in by_name.pop(node.id, ()) if id(s) not in used]
                used |= set(map(id, found))
                waiting += found
    return [statement for statement in statements if id(statement) in used]


def looked_up(text: str) -> set[str]:
    """Names that a definition looks up outside itself when it runs."""
    with quiet():
        tables, found = [symtable(text, "", "exec")], set()
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
            return plain and (_record(value) or _constant(value, bool(bound(node) & needed)))
        case ast.AnnAssign(value=ast.expr() as value):
            return _constant(value, bool(bound(node) & needed))
        case ast.If(test=test, body=body, orelse=orelse):
            return "__main__" not in ast.dump(test) and all(_keep(n, needed) for n in (*body, *orelse))
        case ast.Try(body=body, handlers=handlers):
            rescue = [n for handler in handlers for n in handler.body]
            return all(isinstance(n, ast.Pass) or _keep(n, needed) for n in (*body, *rescue))
    return False


def _constant(value: ast.expr, needed: bool) -> bool:
    """Whether it has no loop and no call; if a definition needs it, quick calls without side effects are allowed."""
    loops = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Await, ast.NamedExpr)
    for n in ast.walk(value):
        if isinstance(n, loops) or (isinstance(n, ast.Call) and not (needed and _pure(n))):
            return isinstance(value, ast.Lambda)
    return True


def _is_record(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and _record(node.value)


def _record(value: ast.expr) -> bool:
    """Whether it makes a class, such as ``namedtuple("State", "m v")``: a definition like others."""
    return isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2].lower() == "namedtuple"


def _pure(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    return bool(_PURE.match(name)) and not _EFFECT.search(name)
