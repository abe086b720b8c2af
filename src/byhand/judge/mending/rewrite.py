"""Patterns of Python: ``sqrt(X + EPS)`` finds what a learner wrote so in any library, and writes it another way.

A pattern is an expression or a statement. A capital stands for any expression, the same one everywhere; the name of a
role (:mod:`names`) for one that plays it. A function of :data:`FUNCTIONS` stands for that of any library, as a
function or a method; ``*R`` for the rest of its arguments. What replaces it is written with the learner's own text for
each capital, with functions of the learner's library in the learner's form. A role that only the replacement has takes
each expression in turn that can be used in that line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice, pairwise, product
from typing import Any

from byhand.judge.mending.names import MODULES, ROLES, Scope, is_role, key, library, plays
from byhand.judge.mending.text import Edit, Source, smallest
from byhand.judge.model import Definition

_SAME = """log exp log2 log10 sqrt sum min softmax log_softmax sigmoid logsigmoid softplus where square norm sign xlogy
    round argsort sort sorted unique rankdata flip searchsorted argmax nan_to_num logaddexp relu zeros ones zeros_like
    clone len range arange double float astype item print array list reversed append"""
FUNCTIONS: dict[str, tuple[str, ...]] = {name: (name,) for name in _SAME.split()} | {
    "abs": ("abs", "fabs", "absolute"),
    "mean": ("mean", "average"),
    "max": ("max", "amax"),
    "clip": ("clip", "clamp", "clip_by_value", "clamp_min", "clamp_max"),
    "maximum": ("maximum", "fmax"),
    "minimum": ("minimum", "fmin"),
    "power": ("power", "pow"),
}
"""Functions by the names that they have in the libraries."""
FILLINGS = 24
"""How many replacements of one place are tried that differ in the names they use."""
LEVELS: dict[type, int] = {
    ast.BitOr: 6, ast.BitXor: 7, ast.BitAnd: 8, ast.LShift: 9, ast.RShift: 9, ast.Add: 10, ast.Sub: 10,
    ast.Mult: 11, ast.Div: 11, ast.FloorDiv: 11, ast.Mod: 11, ast.MatMult: 11, ast.Pow: 13,
}  # fmt: skip
SIGNS: dict[type, str] = {
    ast.BitOr: "|", ast.BitXor: "^", ast.BitAnd: "&", ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/",
    ast.FloorDiv: "//", ast.Mod: "%", ast.MatMult: "@", ast.Pow: "**", ast.Gt: ">", ast.Lt: "<", ast.GtE: ">=",
    ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is", ast.IsNot: "is not", ast.USub: "-", ast.Not: "not ",
    ast.Invert: "~",
}  # fmt: skip
SAME_NAME = "self.NAME = NAME"
"""A replacement for which there must be such a name."""
UNARY, COMPARE, ATOM = 12, 5, 15
PLACES = frozenset({"init", "rest", "slope", "term", *ROLES})
"""Where a rewrite may be limited to."""


@dataclass
class Context:
    """A definition that is to be mended, with what patterns ask of it."""

    definition: Definition

    @cached_property
    def source(self) -> Source:
        """Its program."""
        return Source(self.definition.program)

    @cached_property
    def scope(self) -> Scope:
        """Its functions and names."""
        return Scope(self.definition)

    @cached_property
    def library(self) -> str:
        """The module that it calculates with."""
        return library(self.definition)

    @cached_property
    def nodes(self) -> list[ast.expr | ast.stmt]:
        """Its statements and expressions in the order of the text, without annotations, defaults and docstrings."""
        left: set[ast.AST] = set()
        for node in ast.walk(self.definition.node):
            if isinstance(node, ast.FunctionDef):
                aside = [node.args, *node.decorator_list, *filter(None, [node.returns])]
                left |= {part for one in aside for part in ast.walk(one)}
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                left |= {node, node.value}
        found = [node for node in ast.walk(self.definition.node) if isinstance(node, ast.expr | ast.stmt)]
        return sorted((node for node in found if node not in left), key=lambda node: (node.lineno, node.col_offset))

    @cached_property
    def blank(self) -> str:
        """What the learner writes on both sides of * and /: a blank or nothing."""
        body = re.sub(r"\*\*|#.*", "", self.definition.source)
        return " " if len(re.findall(r" [*/] ", body)) >= len(re.findall(r"\w[*/]\w", body)) else ""

    @cached_property
    def power(self) -> str:
        """How the learner writes a power."""
        return " ** " if " ** " in self.definition.source else "**"


@dataclass
class Found:
    """What the words of a pattern stand for at one place."""

    words: dict[str, ast.expr] = field(default_factory=dict)
    rests: dict[str, tuple[list[ast.expr], list[ast.keyword]]] = field(default_factory=dict)
    forms: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of each function: the module, or "." for a method, and its name there."""


@dataclass(frozen=True)
class Rewrite:
    """What a pattern finds, and what replaces it."""

    before: str
    after: str
    target: str = ""
    """One of :data:`PLACES`: in assignments to an expression of this role; "init" in ``__init__``, "rest" elsewhere;
    "slope" where a gradient is computed."""
    term: bool = False
    """Whether only summands are meant, and what is assigned or returned."""

    def edits(self, context: Context) -> Iterator[list[Edit]]:
        """For each place: the edits there, one for each choice of names."""
        pattern, result = _parsed(self.before), _parsed(self.after)
        free = sorted({word for word in _words(result) if is_role(word)} - set(_words(pattern)))
        for node in context.nodes:
            if isinstance(pattern, ast.stmt) != isinstance(node, ast.stmt) or not self._here(context, node):
                continue
            found = Found()
            if not _match(pattern, node, found):
                continue
            if self.after == SAME_NAME and ast.unparse(found.words["NAME"]) not in context.scope.names(node):
                continue
            here = [[ast.parse(text, mode="eval").body for text in context.scope.filling(word, node)] for word in free]
            choices = []
            for chosen in islice(product(*here), FILLINGS):
                writer = _Writer(context, found, dict(zip(free, chosen, strict=True)))
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
    """Whether it is about the gradient: in a method for it, what is assigned to one, or the second result."""
    if function is not None and re.search(r"(?i)back|grad", function.name):
        return True
    if isinstance(statement, ast.Return) and isinstance(statement.value, ast.Tuple):
        return node in (statement, *ast.walk(statement.value.elts[-1]))
    return any(re.match(r"d[a-z]?$|dx|dz|grad", key(one)) for one in targets(statement))


def targets(statement: ast.stmt | None) -> list[ast.expr]:
    """What a statement assigns to, also by a method that works in place."""
    if isinstance(statement, ast.Assign):
        return [part for one in statement.targets for part in (one.elts if isinstance(one, ast.Tuple) else [one])]
    if isinstance(statement, ast.AugAssign):
        return [statement.target]
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        node: ast.expr = statement.value
        while isinstance(node, ast.Call | ast.Attribute):
            node = node.func if isinstance(node, ast.Call) else node.value
        return [node]
    return []


@lru_cache(1024)
def _parsed(text: str) -> ast.expr | ast.stmt:
    (statement,) = ast.parse(text).body
    return statement.value if isinstance(statement, ast.Expr) else statement


def _words(pattern: ast.AST) -> list[str]:
    return [node.id for node in ast.walk(pattern) if isinstance(node, ast.Name) and node.id.isupper()]


def _match(pattern: Any, node: Any, found: Found) -> bool:
    """Whether a node has the form of a pattern; what its words stand for is added to ``found``."""
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
    keywords: list[ast.keyword] = list(node.keywords)
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
    found.forms[pattern.func.id] = (module, name)
    return True


def _keyword(name: str | None) -> tuple[str | None, ...]:
    return {"dim": ("dim", "axis"), "keep": ("keepdim", "keepdims")}.get(name or "", (name,))


def call(node: Any) -> tuple[str, str, list[ast.expr]] | None:
    """A call as its module ("." for a method), its function and its arguments; None if it is not one."""
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Name):
        return "", node.func.id, node.args
    if isinstance(node.func, ast.Attribute):
        value = node.func.value
        if isinstance(value, ast.Name | ast.Attribute) and ast.unparse(value).partition(".")[0] in MODULES:
            return ast.unparse(value), node.func.attr, node.args
        return ".", node.func.attr, [value, *node.args]
    return None


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
    """The place with the parentheses around it, if they do nothing but group."""
    before, after = text[:start].rstrip(), text[end:]
    blank = len(after) - len(after.lstrip())
    if not before.endswith("(") or not after.lstrip().startswith(")") or re.search(r"[\w\])]\s*\($", before):
        return start, end
    return len(before) - 1, end + blank + 1


def _needed(context: Context, node: ast.expr, grouped: bool = True) -> int:
    """How tightly the text at a node's place must hold together; not at all where it is ``grouped`` in parentheses."""
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


def level_of(node: ast.AST) -> int:
    """How tightly an expression holds together."""
    if isinstance(node, ast.BinOp):
        return LEVELS[type(node.op)]
    if isinstance(node, ast.UnaryOp):
        return UNARY if not isinstance(node.op, ast.Not) else 4
    if isinstance(node, ast.Compare):
        return COMPARE
    if isinstance(node, ast.BoolOp):
        return 2
    if isinstance(node, ast.IfExp | ast.Lambda):
        return 1
    return 0 if isinstance(node, ast.Tuple | ast.GeneratorExp) else ATOM


class _Writer:
    """Writes a replacement."""

    def __init__(self, context: Context, found: Found, chosen: Mapping[str, ast.expr]) -> None:
        self.context, self.found, self.chosen = context, found, chosen

    def write(self, node: ast.AST) -> tuple[str, int]:
        """Its text, and how tightly it holds together."""
        match node:
            case ast.Name(id=word) if word in self.found.words:
                bound = self.found.words[word]
                text = self.context.source.of(bound) if hasattr(bound, "lineno") else ast.unparse(bound)
                return text, level_of(bound)
            case ast.Name(id=word) if word in self.chosen:
                return ast.unparse(self.chosen[word]), level_of(self.chosen[word])
            case ast.BinOp(left=left, op=op, right=right):
                level = LEVELS[type(op)]
                power = isinstance(op, ast.Pow)
                a, b = self._at(left, level + power), self._at(right, level + (not power))
                return f"{a}{self._sign(op)}{b}", level
            case ast.UnaryOp(op=op, operand=operand):
                return f"{SIGNS[type(op)]}{self._at(operand, UNARY)}", UNARY
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return f"{self._at(left, COMPARE + 1)} {SIGNS[type(op)]} {self._at(right, COMPARE + 1)}", COMPARE
            case ast.BoolOp(op=op, values=values):
                word = " and " if isinstance(op, ast.And) else " or "
                return word.join(self._at(value, 4) for value in values), 2
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return f"{self._at(body, 2)} if {self._at(test, 2)} else {self._at(orelse, 1)}", 1
            case ast.Call(func=ast.Name(id=word)) if word in FUNCTIONS:
                return self._function(word, node), ATOM
            case ast.Call(func=function, args=args):
                return (
                    f"{self._at(function, ATOM)}({', '.join([*map(self._plain, args), *self._keywords(node)])})",
                    ATOM,
                )
            case ast.Attribute(value=value, attr=attr):
                known = self.found.words.get(attr)
                return f"{self._at(value, ATOM)}.{ast.unparse(known) if known else attr}", ATOM
            case ast.Subscript(value=value, slice=index):
                return f"{self._at(value, ATOM)}[{self._plain(index)}]", ATOM
            case ast.Slice(lower=None, upper=None, step=None):
                return ":", ATOM
            case ast.Slice(lower=None, upper=None, step=ast.expr() as step):
                return f"::{self._plain(step)}", ATOM
            case ast.Tuple(elts=elements):
                return ", ".join(map(self._plain, elements)), 0
            case ast.List(elts=elements):
                return f"[{', '.join(map(self._plain, elements))}]", ATOM
            case ast.Assign(targets=targets, value=value):
                return " = ".join([*map(self._plain, targets), self._plain(value)]), 0
            case ast.AugAssign(target=target, op=op, value=value):
                return f"{self._plain(target)} {SIGNS[type(op)]}= {self._plain(value)}", 0
            case ast.Return(value=ast.expr() as value):
                return f"return {self._plain(value)}", 0
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "'" not in node.value:
            quote = (
                "'"
                if self.context.definition.source.count('"') == 0 < self.context.definition.source.count("'")
                else '"'
            )
            return f"{quote}{node.value}{quote}", ATOM
        return ast.unparse(node), level_of(node)

    def _plain(self, node: ast.AST) -> str:
        return self.write(node)[0]

    def _at(self, node: ast.AST, level: int) -> str:
        text, own = self.write(node)
        return text if own >= level else f"({text})"

    def _sign(self, op: ast.operator) -> str:
        if isinstance(op, ast.Pow):
            return self.context.power
        blank = self.context.blank if isinstance(op, ast.Mult | ast.Div) else " "
        return f"{blank}{SIGNS[type(op)]}{blank}"

    def _function(self, word: str, node: ast.Call) -> str:
        module, name = self.found.forms.get(word) or (*self._form(word), "")[:2]
        name = name or word
        args: list[str] = []
        keywords = self._keywords(node, module)
        for one in node.args:
            if isinstance(one, ast.Starred):
                assert isinstance(one.value, ast.Name)
                more, named = self.found.rests[one.value.id]
                args += map(self.context.source.of, more)
                keywords = [*map(self.context.source.of, named), *keywords]
            else:
                args.append(self._plain(one))
        if module == ".":
            receiver = self._at(node.args[0], ATOM)
            return f"{receiver}.{name}({', '.join([*args[1:], *keywords])})"
        return f"{module}{'.' if module else ''}{name}({', '.join([*args, *keywords])})"

    def _form(self, word: str) -> tuple[str, str]:
        """The form of a function that the pattern does not have: that of another one of the pattern, or a module's."""
        library = self.context.library
        if word in ("len", "range", "sorted", "list", "reversed", "float", "print"):
            return "", word
        if word in ("logsigmoid", "softplus", "log_softmax", "softmax") and library == "torch":
            return ("F" if "F" in self.context.scope.imports else "torch.nn.functional"), word
        if word in ("xlogy", "where", "logaddexp", "maximum", "arange", "unique", "sort", "rankdata"):
            return library, word
        for module, _ in self.found.forms.values():
            if module not in ("", "F", "math"):
                return module, word
        return library, word

    def _keywords(self, node: ast.Call, module: str = "") -> list[str]:
        torch = module.startswith("torch") or module == "F" or (module == "." and self.context.library == "torch")
        names = {"dim": "dim" if torch else "axis", "keep": "keepdim" if torch else "keepdims"}
        return [f"{names.get(one.arg or '', one.arg)}={self._plain(one.value)}" for one in node.keywords]


def everywhere(rewrites: Iterable[Rewrite], context: Context) -> list[Edit]:
    """The first choice at every place that one of them finds; none if two places overlap."""
    found = {edit for rewrite in rewrites for choices in rewrite.edits(context) for edit in choices[:1]}
    ordered = sorted(found, key=lambda edit: (edit.start, edit.end))
    return ordered if all(a.end <= b.start for a, b in pairwise(ordered)) else []


__all__ = ["Context", "Rewrite", "call", "everywhere", "key", "targets"]
