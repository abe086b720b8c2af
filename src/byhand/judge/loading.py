"""Loads a definition's program: which statements fail and are left out, and what is missing here."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from byhand.judge.model import Definition
from byhand.judge.reading.branches import flat
from byhand.judge.reading.needs import BUILTINS, HARMLESS, hints, imported, replaceable, unbound
from byhand.judge.reading.notebook import bound, first_line
from byhand.judge.session import Reply, Session
from byhand.sandbox.stand_ins import ALIKE, ARRAYS, USUAL

__all__ = ["Loaded", "load"]

STATEMENTS = 30
"""How many statements of a program may fail before the judge gives up."""
ABSENT = ("ModuleNotFoundError", "ImportError", "FileNotFoundError")
"""Errors that mean something is missing here, which is not the program's fault."""
STAR = "*"
"""Key in place of the unknown names that ``from module import *`` binds."""
_NAME = re.compile(r"name '(\w+)' is not defined")


@dataclass(frozen=True)
class Loaded:
    """The last answer, and the errors of the statements that were left out."""

    reply: Reply
    missing: Mapping[str, str]
    """By each name that such a statement binds: its error."""
    absent: Mapping[str, str]
    """Of these, the names that need a missing module or file, and names that only the learner's own run binds."""
    there: frozenset[str]
    """Names that the program binds."""
    stand_ins: Mapping[str, str]
    """Names of bases, decorators and modules that have a stand-in, with what they stand for."""
    usual: frozenset[str]
    """Names of modules that the program has not imported, and that are given to it."""

    def why(self, error: str) -> str:
        """An error of the program, together with the error of the left-out statement that caused it."""
        name = _NAME.search(error)
        cause = self.missing.get(name[1]) if name else None
        return f"{error} ({cause})" if cause else error

    def blocks(self, error: str) -> bool:
        """Whether this error comes from something that is missing here."""
        return _absent(error, self.absent, self.there)

    def lacks(self, definition: Definition) -> ast.Name | None:
        """The first name that a definition needs and that is missing here, if there is one.

        A definition that fails in another way under each calling convention may need it for any of them.
        """
        parts = list(ast.walk(definition.node))
        apart = {id(part) for node in parts for each in hints(node) for part in ast.walk(each)}
        names = [node for node in parts if isinstance(node, ast.Name) and id(node) not in apart]
        own = {part.arg for part in parts if isinstance(part, ast.arg)}
        own |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
        missing = [node for node in names if node.id in self.absent and node.id not in own]
        return min(missing, key=lambda node: node.lineno, default=None)

    def replaced(self, definition: Definition) -> list[str]:
        """What this definition needs and what has a stand-in."""
        used = _used(definition)
        return [what for name, what in self.stand_ins.items() if name in used]

    def given(self, definition: Definition) -> list[str]:
        """The modules that this definition needs, and that its file does not import."""
        used = _used(definition)
        return [
            f"{USUAL[name]} ({name})" if name != USUAL[name] else name for name in USUAL if name in used & self.usual
        ]


def load(session: Session, definition: Definition) -> Loaded:
    """Load a definition's program. Failing statements are left out, as a notebook goes on after a failing cell."""
    for name, source in definition.modules.items():
        session.module(name, source)
    lines = definition.program.split("\n")
    there = frozenset(name for node in definition.statements for name in bound(node))
    missing: dict[str, str] = {}
    absent = dict.fromkeys(definition.left, "")
    plain = replaceable(definition.statements)
    usual = (unbound(definition.statements) & USUAL.keys()) - definition.left
    stand_ins = {name: ("", name) for name in plain - there - BUILTINS - usual}
    beside: dict[str, tuple[str, str]] = {}  # modules that are here, imported in one line with one that is not
    for _ in range(STATEMENTS):
        given = [(name, *of) for name, of in ({name: (USUAL[name], "") for name in sorted(usual)} | beside).items()]
        reply = session.load("\n".join(lines), [*given, *((bound, *of) for bound, of in stand_ins.items())])
        if reply.ok:
            break
        failed = [node for node in flat(ast.parse("\n".join(lines)).body) if reply.line in _lines(node)]
        if not failed or any(definition.node.lineno in _lines(node) for node in failed):
            break
        error = reply.outcome.sentence
        for node in failed:
            found = imported(node) if _absent(error, absent, there) else {}
            found = {name: (name, "") if of[0].startswith(f"{name}.") else of for name, of in found.items()}
            stand_ins |= {
                name: of
                for name, of in found.items()
                if name in plain or {of[0], ".".join(of)} & ALIKE.keys() or of[1] in HARMLESS + ARRAYS
            }
            beside |= {name: of for name, of in found.items() if of[0] in USUAL.values() and not of[1]}
            names = dict.fromkeys(bound(node) - stand_ins.keys() - beside.keys(), error)
            missing |= names
            if isinstance(node, ast.Import | ast.ImportFrom) or _absent(error, absent, there):
                absent |= names
            for line in _lines(node):
                lines[line - 1] = ""
    made = {name: ".".join(filter(None, of)) for name, of in stand_ins.items()}
    return Loaded(reply, missing, absent, there, made, usual)


def _used(definition: Definition) -> set[str]:
    return {node.id for node in ast.walk(definition.node) if isinstance(node, ast.Name)}


def _absent(error: str, absent: Mapping[str, str], there: frozenset[str]) -> bool:
    if error.partition(":")[0] in ABSENT:
        return True
    name = _NAME.search(error)
    return name is not None and (name[1] in absent or (STAR in absent and name[1] not in there))


def _lines(node: ast.stmt) -> range:
    """The line numbers of a statement, decorators included."""
    return range(first_line(node), (node.end_lineno or node.lineno) + 1)
