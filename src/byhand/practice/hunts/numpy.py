"""From the formulas' torch to NumPy: the operations that formulas and pages use, and the loop of an optimizer."""

from __future__ import annotations

import ast
from collections.abc import Callable

from byhand.practice.hunts.untranslatable import Untranslatable

__all__ = ["translated"]

_FUNCTIONS = ("log", "log2", "log10", "exp", "sqrt", "sign", "abs", "nan_to_num", "unique")
"""Methods of a tensor that are functions of NumPy."""
_SAME = ("sum", "mean", "max", "min", "cumsum", "squeeze", "argmax", "setdefault", "append", "items", "step", "get")
"""Methods that both have, apart from the name of keepdim."""
_MODULE = ("stack", "logaddexp", "zeros_like", "ones_like", "unique", "maximum", "minimum", "arange", "where")
"""Functions that both have, with the same arguments."""
_TYPES = {"float64": "np.float64", "int32": "np.int32", "bool": "bool"}


def translated(part: ast.FunctionDef | ast.ClassDef) -> ast.FunctionDef | ast.ClassDef:
    """A definition of a formula with NumPy in place of torch; an optimizer takes its gradients as arguments of step."""
    if isinstance(part, ast.ClassDef):
        part.body = [node for node in part.body if not (isinstance(node, ast.FunctionDef) and node.name == "zero_grad")]
        for node in part.body:
            if isinstance(node, ast.FunctionDef) and node.name == "step":
                _step(node)
    result = ast.fix_missing_locations(_ToNumpy().visit(part))
    left = ast.unparse(result)
    if "torch" in left or ".grad" in left or "keepdim=" in left:
        raise Untranslatable(left)
    assert isinstance(result, ast.FunctionDef | ast.ClassDef)
    return result


def _step(node: ast.FunctionDef) -> None:
    """``step(self)`` over parameters with gradients becomes ``step(self, grads)`` over both."""
    node.decorator_list = []
    node.args.args.append(ast.arg("grads"))
    for loop in ast.walk(node):
        if isinstance(loop, ast.For):
            text = ast.unparse(loop.iter)
            if text.startswith("enumerate(") and isinstance(loop.target, ast.Tuple):
                inner = text.removeprefix("enumerate(").removesuffix(")")
                loop.iter = _parsed(f"enumerate(zip({inner}, grads))")
                loop.target = _target(f"{ast.unparse(loop.target.elts[0])}, ({ast.unparse(loop.target.elts[1])}, g)")
            elif ast.unparse(loop.target) == "theta":
                loop.iter = _parsed(f"zip({text}, grads)")
                loop.target = _target("theta, g")


class _ToNumpy(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Attribute):
            return node
        owner, name = ast.unparse(node.func.value), node.func.attr
        given = [ast.unparse(one) for one in node.args]
        named = {one.arg: ast.unparse(one.value) for one in node.keywords if one.arg}
        if owner == "torch":
            return self._function(node, name, given, named)
        if owner == "torch.nn.functional":
            if name != "one_hot":
                raise Untranslatable(name)
            return _parsed(f"np.eye({given[1]})[{given[0]}]")
        return self._method(node, owner, name, given, named)

    def _function(self, node: ast.Call, name: str, given: list[str], named: dict[str, str]) -> ast.AST:
        if name == "sigmoid":
            return _parsed(f"1 / (1 + np.exp(-({given[0]})))")
        if name == "bucketize":
            return _parsed(f"np.digitize({given[0]}, {given[1]})")
        if name == "linspace":
            return _parsed(f"np.linspace({', '.join(given)})")
        if name == "tensor":
            return _parsed(given[0])
        if name not in _MODULE:
            raise Untranslatable(name)
        node.func = _parsed(f"np.{name}")
        return node

    def _method(self, node: ast.Call, owner: str, name: str, given: list[str], named: dict[str, str]) -> ast.AST:
        if name in _FUNCTIONS:
            return _parsed(f"np.{name}({owner})")
        if name in _SAME:
            for keyword in node.keywords:
                keyword.arg = "keepdims" if keyword.arg == "keepdim" else keyword.arg
            return node
        make = _METHODS.get(name)
        if make is None:
            raise Untranslatable(name)
        return _parsed(make(f"({owner})" if " " in owner else owner, given, named))

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        text = ast.unparse(node)
        if text.startswith("torch.") and (kind := _TYPES.get(node.attr)):
            return _parsed(kind)
        if text == "theta.grad":
            return ast.Name("g", node.ctx)
        if node.attr == "values" and isinstance(node.value, ast.Call):  # of max and sort, which give a pair in torch
            inner: ast.AST = self.visit(node.value)
            return inner
        self.generic_visit(node)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "copy_":
            owner = ast.unparse(call.func.value)
            value = ast.unparse(self.visit(call.args[0]))
            return ast.parse(f"{owner}[...] = {value}").body[0]
        self.generic_visit(node)
        return node


_Make = Callable[[str, list[str], dict[str, str]], str]
_METHODS: dict[str, _Make] = {
    "where": lambda x, given, named: f"np.where({given[0]}, {x}, {given[1]})",
    "clamp": lambda x, given, named: (
        f"np.clip({x}, {given[0]}, {given[1]})" if len(given) == 2 else f"np.maximum({x}, {named['min']})"
    ),
    "double": lambda x, given, named: f"{x}.astype(float)",
    "to": lambda x, given, named: x,
    "unsqueeze": lambda x, given, named: f"{x}[..., None]",
    "gather": lambda x, given, named: f"np.take_along_axis({x}, {given[1]}, {given[0]})",
    "argsort": lambda x, given, named: f"{x}.argsort({'kind=' + repr('stable') if named else ''})",
    "sort": lambda x, given, named: f"np.sort({x})",
    "logsumexp": lambda x, given, named: (
        f"np.log(np.exp({x}).sum({given[0]}{', keepdims=True' if 'keepdim' in named else ''}))"
    ),
    "norm": lambda x, given, named: f"np.linalg.norm({x})",
    "numel": lambda x, given, named: f"{x}.size",
    "flip": lambda x, given, named: f"{x}[::-1]",
    "dim": lambda x, given, named: f"{x}.ndim",
}
"""What becomes of other methods: of the owner's text, the arguments, and those by name."""


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _target(text: str) -> ast.expr:
    loop = ast.parse(f"for {text} in _: pass").body[0]
    assert isinstance(loop, ast.For)
    return loop.target
