"""Whether a definition is still unwritten: a template that computes nothing yet."""

from __future__ import annotations

import ast

__all__ = ["calculates", "unwritten"]

_SETUP = {"__init__", "__repr__", "__str__", "__len__", "zero_grad", "state_dict", "load_state_dict", "reset"}
"""Methods that a template may contain, written or not."""
_PLACEHOLDERS = {
    *("print", "len", "range", "enumerate", "zip", "int", "float", "zeros", "zeros_like", "empty", "tensor"),
    *("parameters", "items", "values", "keys", "size", "copy", "closure"),
}
"""Calls in a template: what loops iterate over, and initial values of results."""
_BASES = {"object", "ABC", "Module", "Optimizer", "Function", "Loss", "BaseEstimator"}
"""Base classes that do not contain the formula."""


def unwritten(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Whether a function, or every method of a class that could hold the formula, computes nothing.

    A class of fields alone, such as the state of an optimizer, is complete, and so is one of inner classes.
    """
    if isinstance(node, ast.FunctionDef):
        return _empty(node)
    if not {ast.unparse(base).rpartition(".")[2] for base in node.bases} <= _BASES:
        return False
    methods = [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name not in _SETUP]
    inner = any(isinstance(part, ast.AnnAssign | ast.ClassDef) for part in node.body)
    return all(map(_empty, methods)) and (bool(methods) or not inner)


def calculates(node: ast.AST) -> bool:
    """Whether a definition contains arithmetic, so that it does not only call other functions."""
    return any(isinstance(part, ast.BinOp | ast.AugAssign) for part in ast.walk(node))


def _empty(function: ast.FunctionDef) -> bool:
    run = []
    for node in function.body:
        run.append(node)
        if isinstance(node, ast.Raise):  # what follows is never run
            break
    return all(map(_is_placeholder, run)) or _left_open(function)


def _left_open(function: ast.FunctionDef) -> bool:
    """Whether the result is still None, whatever else is prepared: a ``pass`` or nothing stands for what is missing."""
    if calculates(function) and not any(isinstance(node, ast.Pass) for node in function.body):
        return False
    last = function.body[-1]
    value = last.value if isinstance(last, ast.Return) else None
    result = value.elts[0] if isinstance(value, ast.Tuple) and value.elts else value
    if not isinstance(result, ast.Name):
        return False
    bound = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if any(isinstance(part, ast.Name) and part.id == result.id for part in ast.walk(target))
    ]
    return bool(bound) and all(isinstance(value, ast.Constant) and value.value is None for value in bound)


def _is_placeholder(node: ast.stmt) -> bool:
    """A placeholder statement: pass, ``...``, a text, NotImplementedError, ``loss = None``, ``return loss``."""
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()) | ast.Assert() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Raise(exc=ast.expr() as error):
            return "NotImplemented" in ast.unparse(error)
        case ast.Return(value=value):
            return value is None or _plain(value)
        case ast.Expr(value=value) | ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            stored = isinstance(node, ast.Assign) and any(isinstance(t, ast.Subscript) for t in node.targets)
            return _plain(value) and not stored
        case ast.For(iter=value, body=body):
            return _plain(value) and all(map(_is_placeholder, body))
        case ast.If(body=body, orelse=orelse):
            return all(map(_is_placeholder, (*body, *orelse)))
        case ast.With(body=body):
            return all(map(_is_placeholder, body))
    return False


def _plain(value: ast.expr) -> bool:
    """Names, constants, shapes and zeros: nothing is computed."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name not in _PLACEHOLDERS:
                return False
        elif isinstance(node, ast.BinOp | ast.UnaryOp | ast.Compare | ast.Lambda | ast.GeneratorExp | ast.ListComp):
            return False
    return True
