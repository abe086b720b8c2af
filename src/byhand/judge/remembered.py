"""Judgements of the last version of a file, for definitions that have not changed since."""

from __future__ import annotations

import ast
from collections.abc import Hashable
from dataclasses import replace

from byhand.judge.model import Definition, Finding, Judgement
from byhand.judge.reading.statements import bound

__all__ = ["Remembered"]


class Remembered:
    """What was said of each definition, by all that its judgement depends on: its text, and what it uses.

    The inputs on which it was judged were drawn from the seed of the version in which it last changed.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, Judgement] = {}
        self._new: dict[Hashable, Judgement] = {}

    def begin(self) -> None:
        """A new version of the file: what the last one did not have is forgotten."""
        self._known, self._new = {**self._new}, {}

    def recall(self, definition: Definition, task: str | None) -> Judgement | None:
        """The judgement of this definition, with the lines it has now; None if it has to be judged."""
        key = _key(definition, task)
        found = self._known.get(key)
        if found is None:
            return None
        self._new[key] = found
        return _moved(found, definition)

    def keep(self, definition: Definition, task: str | None, judgement: Judgement) -> None:
        """Remember a judgement, if every line in it is one of the definition's own."""
        own = range(definition.node.lineno, (definition.node.end_lineno or definition.node.lineno) + 1)
        lines = {judgement.line, *(finding.line for finding in judgement.findings)} - {None}
        if judgement.definition is definition and all(line in own for line in lines):
            self._new[_key(definition, task)] = judgement


def _key(definition: Definition, task: str | None) -> Hashable:
    """The definition's text and all that it uses, directly or indirectly; other definitions do not count."""
    needed, waiting = {definition.name}, [definition.name]
    by_name: dict[str, list[ast.stmt]] = {}
    for node in definition.statements:
        for name in bound(node):
            by_name.setdefault(name, []).append(node)
    while waiting:
        for node in by_name.get(waiting.pop(), ()):
            names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} - needed
            needed |= names
            waiting += names
    others = (ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    used = [node for node in definition.statements if not isinstance(node, others) or bound(node) & needed]
    said = "\n".join(map(ast.unparse, used))
    return (definition.name, definition.lines, definition.heading, said, tuple(definition.modules.items()), task)


def _moved(judgement: Judgement, definition: Definition) -> Judgement:
    """The judgement for the same definition elsewhere in the file."""
    by = definition.node.lineno - judgement.definition.node.lineno

    def moved(line: int | None) -> int | None:
        return None if line is None else line + by

    findings: tuple[Finding, ...] = tuple(replace(one, line=moved(one.line)) for one in judgement.findings)
    return replace(judgement, definition=definition, findings=findings, line=moved(judgement.line))
