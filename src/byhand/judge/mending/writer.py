"""Writes the text of a replacement, with the learner's own text, library, call style and spacing."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from byhand.judge.mending.context import Context

_SAME = """log exp log2 log10 sqrt sum min logsumexp softmax log_softmax sigmoid logsigmoid softplus where square norm
    sign xlogy round argsort sort sorted unique rankdata flip searchsorted argmax nan_to_num logaddexp relu zeros ones
    zeros_like clone len range arange double float astype item print array list reversed append"""
FUNCTIONS: dict[str, tuple[str, ...]] = {name: (name,) for name in _SAME.split()} | {
    "abs": ("abs", "fabs", "absolute"),
    "mean": ("mean", "average"),
    "max": ("max", "amax"),
    "clip": ("clip", "clamp", "clip_by_value", "clamp_min", "clamp_max"),
    "maximum": ("maximum", "fmax"),
    "minimum": ("minimum", "fmin"),
    "power": ("power", "pow"),
}
"""Functions that patterns may name, each with its names in the libraries."""
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
UNARY, COMPARE, ATOM = 12, 5, 15
"""Precedences, as in LEVELS: the higher, the more tightly an operator binds. ATOM needs no parentheses anywhere."""


def level_of(node: ast.AST) -> int:
    """The precedence of an expression's outermost operator."""
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


@dataclass
class Found:
    """What a pattern's placeholders, ``*R`` and functions match at one place."""

    words: dict[str, ast.expr] = field(default_factory=dict)
    rests: dict[str, tuple[list[ast.expr], list[ast.keyword]]] = field(default_factory=dict)
    forms: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The module of each function, or "." for a method, and its name there."""


class Writer:
    """Writes replacements at one place; ``chosen`` has the expressions for roles that only the replacement has."""

    def __init__(self, context: Context, found: Found, chosen: Mapping[str, ast.expr]) -> None:
        self.context, self.found, self.chosen = context, found, chosen

    def write(self, node: ast.AST) -> tuple[str, int]:
        """The text of a node of the replacement, and its precedence."""
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
            case ast.Call(func=function):
                return f"{self._at(function, ATOM)}({', '.join(self._arguments(node, self._keywords(node)))})", ATOM
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
        args = self._arguments(node, self._keywords(node, module))
        if module == ".":
            receiver = self._at(node.args[0], ATOM)
            return f"{receiver}.{name}({', '.join(args[1:])})"
        return f"{module}{'.' if module else ''}{name}({', '.join(args)})"

    def _arguments(self, node: ast.Call, keywords: list[str]) -> list[str]:
        """The arguments; in place of ``*R`` the learner's other ones."""
        args: list[str] = []
        for one in node.args:
            if isinstance(one, ast.Starred):
                assert isinstance(one.value, ast.Name)
                more, named = self.found.rests[one.value.id]
                args += map(self.context.source.of, more)
                keywords = [*map(self.context.source.of, named), *keywords]
            else:
                args.append(self._plain(one))
        return [*args, *dict.fromkeys(keywords)]  # those that the learner has already are not repeated

    def _form(self, word: str) -> tuple[str, str]:
        """Module and name for a function that the pattern lacks: as another one is called there, or the library's."""
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
