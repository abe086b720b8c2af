"""Rewrites Python code by patterns: ``sqrt(X + EPS) -> sqrt(X) + EPS``, whatever library the learner uses.

A pattern is an expression or a statement. Names in capitals are placeholders. The name of a role, such as EPS
(:mod:`byhand.judge.mending.names`), matches an expression that may play it; any other, such as X, matches any
expression. Two occurrences of a placeholder match the same text. A function of :data:`FUNCTIONS` matches that function
of any library, also as a method; ``*R`` matches its other arguments.

The replacement repeats the learner's text for each placeholder, and calls functions as the learner does. For a role
that only the replacement has, each expression in scope that may play it is tried in turn.
"""

from __future__ import annotations

import ast
import builtins
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise, product
from typing import Any

from byhand.judge.mending.context import Context, call, form, targets
from byhand.judge.mending.names import MODULES, ROLES, is_role, key, plays
from byhand.judge.mending.text import Edit, smallest
from byhand.judge.mending.writer import ATOM, COMPARE, FUNCTIONS, LEVELS, UNARY, Found, Writer, level_of

FILLINGS = 24
"""At most so many combinations of names are tried at one place."""
SAME_NAME = "self.NAME = NAME"
"""A replacement that is made only where a variable with the attribute's name is in scope."""
PLACES = frozenset({"init", "rest", "slope", "term", *ROLES})
"""Words that limit where a rewrite applies."""


@dataclass(frozen=True)
class Rewrite:
    """A pattern, its replacement, and where it applies."""

    before: str
    after: str
    target: str = ""
    """One of :data:`PLACES`. A role: only in assignments to it outside ``__init__``. "init": only in ``__init__``.
    "rest": only outside of it. "slope": only where a gradient is computed. "": everywhere."""
    term: bool = False
    """Whether it applies only to summands, and to whole values that are assigned or returned."""

    def edits(self, context: Context) -> Iterator[list[Edit]]:
        """For each place that matches: the possible edits, one per choice of names."""
        pattern, result = _parsed(self.before), _parsed(self.after)
        if context.library != "torch" and _changes_in_place(self.after) and not _changes_in_place(self.before):
            return  # only tensors have such methods
        if context.library == "math" and _functions(result) - _functions(pattern):
            return  # plain Python has only those of the module math
        free = sorted({word for word in _words(result) if is_role(word)} - set(_words(pattern)))
        for node in context.of_form(*_forms(self.before)):
            found = Found()
            if not _match(pattern, node, found) or not self._here(context, node):
                continue
            if self.after == SAME_NAME and ast.unparse(found.words["NAME"]) not in context.scope.names(node):
                continue
            here = [[ast.parse(text, mode="eval").body for text in context.scope.filling(word, node)] for word in free]
            choices = []
            for chosen in islice(product(*here), FILLINGS):
                writer = Writer(context, found, dict(zip(free, chosen, strict=True)))
                text, level = writer.write(result)
                if isinstance(result, ast.expr) and isinstance(node, ast.expr) and level < _needed(context, node):
                    text = f"({text})"
                start, end = context.source.span(node)
                if isinstance(node, ast.expr) and level >= _needed(context, node, False) > level_of(node):
                    start, end = _grouped(context.source.text, start, end)
                if context.source.text[start:end] != text:
                    choices.append(smallest(context.source.text, Edit(start, end, text)))
            if choices:
                yield choices

    def _here(self, context: Context, node: ast.AST) -> bool:
        if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            return False
        above = context.scope.above.get(node)
        if isinstance(above, ast.Call) and node is above.func:
            return False
        if isinstance(node, ast.Name) and node.id in ("self", "cls", "ctx"):
            return False
        bare = isinstance(_parsed(self.before), ast.Name)
        if bare and isinstance(above, ast.Subscript) and node is above.slice:
            return False
        if bare and isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).partition(".")[0] in MODULES:
            return False
        if self.term and not _is_term(context, node):
            return False
        if not self.target:
            return True
        statement = context.scope.statement(node)
        function = context.scope.function(node)
        if self.target == "slope":
            return _of_slope(node, statement, function)
        init = function is not None and function.name == "__init__"
        if self.target in ("init", "rest"):
            return init == (self.target == "init")
        return not init and any(plays(one, self.target) for one in targets(statement))


def _of_slope(node: ast.AST, statement: ast.stmt | None, function: ast.FunctionDef | None) -> bool:
    """Whether a node computes a gradient: by the function's name, by the variable assigned, or in the last result."""
    if function is not None and re.search(r"(?i)back|grad", function.name):
        return True
    if isinstance(statement, ast.Return) and isinstance(statement.value, ast.Tuple):
        return node in (statement, *ast.walk(statement.value.elts[-1]))
    return any(re.match(r"d[a-z]?$|dx|dz|grad", key(one)) for one in targets(statement))


@lru_cache(1024)
def _parsed(text: str) -> ast.expr | ast.stmt:
    (statement,) = ast.parse(text).body
    return statement.value if isinstance(statement, ast.Expr) else statement


@lru_cache(1024)
def _forms(text: str) -> tuple[object, ...]:
    """The forms of the nodes that a pattern may match."""
    pattern = _parsed(text)
    if isinstance(pattern, ast.Name) and pattern.id.isupper():
        return (ast.expr,)
    if isinstance(pattern, ast.Call):
        return tuple((ast.Call, name) for name in _names(pattern.func))
    return (form(pattern),)


def _functions(pattern: ast.AST) -> set[str]:
    """The functions of arrays that a pattern calls."""
    called = (
        node.func.id for node in ast.walk(pattern) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )
    return {name for name in called if name in FUNCTIONS and not hasattr(math, name) and not hasattr(builtins, name)}


def _changes_in_place(text: str) -> bool:
    """Whether a pattern calls a method of tensors that changes them in place."""
    return re.search(r"\.\w+_\(", text) is not None


def _names(function: ast.expr) -> tuple[str, ...]:
    """The names that a function of a pattern may have."""
    if isinstance(function, ast.Name):
        return FUNCTIONS.get(function.id, (function.id,))
    assert isinstance(function, ast.Attribute)
    return (function.attr,)


def _words(pattern: ast.AST) -> list[str]:
    return [node.id for node in ast.walk(pattern) if isinstance(node, ast.Name) and node.id.isupper()]


def _match(pattern: Any, node: Any, found: Found) -> bool:
    """Whether a node matches a pattern. What placeholders match is added to ``found``, even if the whole does not."""
    if isinstance(pattern, ast.Name) and pattern.id.isupper():
        if not isinstance(node, ast.expr):
            return False
        if pattern.id in found.words:
            return ast.unparse(found.words[pattern.id]) == ast.unparse(node)
        if is_role(pattern.id) and not plays(node, pattern.id):
            return False
        found.words[pattern.id] = node
        return True
    if isinstance(pattern, ast.Call) and isinstance(pattern.func, ast.Name) and pattern.func.id in FUNCTIONS:
        return _match_call(pattern, node, found)
    if isinstance(pattern, ast.Attribute) and pattern.attr.isupper():
        if not isinstance(node, ast.Attribute) or not _match(pattern.value, node.value, found):
            return False
        found.words[pattern.attr] = ast.Name(node.attr)
        return True
    if isinstance(pattern, ast.Call):
        return (
            isinstance(node, ast.Call)
            and _match(pattern.func, node.func, found)
            and _match_arguments(pattern, node.args, node.keywords, found)
        )
    if isinstance(pattern, ast.AST):
        return type(pattern) is type(node) and all(
            _match(value, getattr(node, name, None), found)
            for name, value in ast.iter_fields(pattern)
            if name not in ("ctx", "kind", "type_comment", "lineno")
        )
    if isinstance(pattern, list):
        return (
            isinstance(node, list)
            and len(pattern) == len(node)
            and all(_match(a, b, found) for a, b in zip(pattern, node, strict=True))
        )
    return bool(pattern == node)


def _match_call(pattern: ast.Call, node: Any, found: Found) -> bool:
    assert isinstance(pattern.func, ast.Name)
    called = call(node)
    if called is None or called[1] not in FUNCTIONS[pattern.func.id]:
        return False
    module, name, args = called
    if not _match_arguments(pattern, args, node.keywords, found):
        return False
    found.forms[pattern.func.id] = (module, name)
    return True


def _match_arguments(pattern: ast.Call, args: list[ast.expr], named: list[ast.keyword], found: Found) -> bool:
    keywords = list(named)
    given = [one for one in pattern.args if not isinstance(one, ast.Starred)]
    rest = next((one for one in pattern.args if isinstance(one, ast.Starred)), None)
    if len(args) < len(given) or (rest is None and len(args) > len(given)):
        return False
    for one in pattern.keywords:
        there = next((each for each in keywords if each.arg in _keyword(one.arg)), None)
        if there is None or not _match(one.value, there.value, found):
            return False
        keywords.remove(there)
    if rest is None and keywords:
        return False
    if not all(_match(a, b, found) for a, b in zip(given, args, strict=False)):
        return False
    if rest is not None:
        assert isinstance(rest.value, ast.Name)
        found.rests[rest.value.id] = (args[len(given) :], keywords)
    return True


def _keyword(name: str | None) -> tuple[str | None, ...]:
    return {"dim": ("dim", "axis"), "keep": ("keepdim", "keepdims")}.get(name or "", (name,))


def _is_term(context: Context, node: ast.AST) -> bool:
    above = context.scope.above.get(node)
    if isinstance(above, ast.BinOp):
        return isinstance(above.op, ast.Add | ast.Sub)
    if isinstance(above, ast.Call):
        name = call(above)
        return node in above.args and name is not None and name[1].rstrip("_") in ("add", "sub")
    if isinstance(above, ast.Tuple):
        return isinstance(context.scope.above.get(above), ast.Return | ast.Assign)
    return isinstance(above, ast.Assign | ast.AugAssign | ast.Return) and node is above.value


def _grouped(text: str, start: int, end: int) -> tuple[int, int]:
    """The span extended to the parentheses around it, unless they belong to a call."""
    before, after = text[:start].rstrip(), text[end:]
    blank = len(after) - len(after.lstrip())
    if not before.endswith("(") or not after.lstrip().startswith(")") or re.search(r"[\w\])]\s*\($", before):
        return start, end
    return len(before) - 1, end + blank + 1


def _needed(context: Context, node: ast.expr, grouped: bool = True) -> int:
    """The precedence that text in a node's place needs to stand without parentheses of its own.

    With ``grouped``, parentheses that are already around the node count.
    """
    start, end = context.source.span(node)
    before, after = context.source.text[:start].rstrip(), context.source.text[end:].lstrip()
    above = context.scope.above.get(node)
    inside = grouped and before.endswith("(") and after.startswith(")")
    if isinstance(above, ast.BinOp):
        level = LEVELS[type(above.op)]
        return 0 if inside else level + (node is above.right) if not isinstance(above.op, ast.Pow) else level + 1
    if isinstance(above, ast.UnaryOp):
        return 0 if inside else UNARY
    if isinstance(above, ast.Compare | ast.BoolOp):
        return 0 if inside else COMPARE + 1
    if isinstance(above, ast.Attribute) or (isinstance(above, ast.Subscript) and node is above.value):
        return 0 if inside else ATOM
    return 1


def everywhere(rewrites: Iterable[Rewrite], context: Context) -> list[Edit]:
    """The first possible edit of every place that matches, all together; [] if two of them overlap."""
    found = {edit for rewrite in rewrites for choices in rewrite.edits(context) for edit in choices[:1]}
    ordered = sorted(found, key=lambda edit: (edit.start, edit.end))
    return ordered if all(a.end <= b.start for a, b in pairwise(ordered)) else []
