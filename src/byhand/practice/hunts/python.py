"""From the step of an optimizer in torch to lists of numbers: its lines stand in a loop over the elements."""

from __future__ import annotations

import ast

from byhand.practice.hunts.untranslatable import Untranslatable

__all__ = ["translated"]

_CALLS = {"sqrt": "math.sqrt", "abs": "abs", "sign": "", "exp": "math.exp"}
_LISTS = ("theta", "m", "v")
"""What of a step's names is a list, with one number per element."""


def translated(part: ast.FunctionDef, name: str) -> ast.FunctionDef:
    """``adam_step`` of tensors as ``adam`` of lists, changed in place.

    Raises:
        Untranslatable: it uses something that numbers do not have, or does not end by handing its state back.
    """
    lists = [one.arg for one in part.args.args if one.arg in _LISTS]
    *lines, last = part.body
    if not isinstance(last, ast.Return) or last.value is None:
        raise Untranslatable(ast.unparse(last))
    if lists == ["theta"]:  # SGD hands back the expression itself
        lines.append(ast.Assign(targets=[ast.Name("theta", ast.Store())], value=last.value))
    elif ast.unparse(last.value).strip("()") != ", ".join(lists):
        raise Untranslatable(ast.unparse(last))
    body = [_Element().visit(line) for line in lines]
    loop = ast.parse("for i in range(len(params)):\n    g = grads[i]").body[0]
    assert isinstance(loop, ast.For)
    loop.body += body
    for one in part.args.args:
        one.arg = {"theta": "params", "g": "grads"}.get(one.arg, one.arg)
    part.name = name
    result = ", ".join("params" if one == "theta" else one for one in lists)
    part.body = [loop, *ast.parse(f"def _():\n    return {result}").body[0].body]  # type: ignore[attr-defined]
    if "torch" in ast.unparse(ast.fix_missing_locations(part)):
        raise Untranslatable(ast.unparse(part))
    return part


class _Element(ast.NodeTransformer):
    """One element in place of a tensor."""

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in _LISTS:
            owner = ast.Name("params" if node.id == "theta" else node.id, ast.Load())
            return ast.Subscript(owner, ast.Name("i", ast.Load()), node.ctx)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        text = ast.unparse(node.func)
        if text in ("torch.maximum", "torch.minimum"):
            node.func = ast.Name("max" if text.endswith("maximum") else "min", ast.Load())
            return node
        if isinstance(node.func, ast.Attribute) and not node.args and _CALLS.get(node.func.attr):
            return ast.Call(ast.parse(_CALLS[node.func.attr], mode="eval").body, [node.func.value], [])
        if text in ("max", "min", "abs", "int", "float", "range", "len"):
            return node
        raise Untranslatable(text)
