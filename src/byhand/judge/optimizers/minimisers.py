"""Minimisers: functions that run all steps themselves, and call a gradient function, or differentiate, in a loop."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from byhand.judge.optimizers.shape import NOTHING, Parameter, signature
from byhand.judge.optimizers.syntax import names_in
from byhand.judge.optimizers.words import means

_GRADIENT = re.compile(
    r"(?i)^(compute_|calc_|get_|eval_|evaluate_)?(grad|gradient|deriv|derivative|nabla)(_(f|fn|func|function))?$|_grad$"
)
"""In the name of a function that returns a gradient."""
ITERATIONS = 10_000
"""The most steps of a minimiser that itself decides how many it runs."""


def minimiser(
    task: str, node: ast.FunctionDef, construct: tuple[Parameter, ...] | None = None, kept: Mapping[str, str] = NOTHING
) -> tuple[tuple[Parameter, ...] | None, tuple[Parameter, ...]]:
    """Constructor and parameters of a function or method that calls the gradient function itself in a loop.

    ``kept`` maps attributes of the object to the constructor's parameters stored there. If it is not a minimiser, the
    parameters are ().
    """
    loops = [part for part in ast.walk(node) if isinstance(part, ast.For | ast.While)]
    if not loops:
        return None, ()
    calls = {ast.unparse(n.func) for n in ast.walk(node) if isinstance(n, ast.Call)}
    calls |= {name for attribute, name in kept.items() if f"self.{attribute}" in calls}
    counts = {name for loop in loops for name in names_in([loop.iter if isinstance(loop, ast.For) else loop.test])}
    given = signature(task, node, 0 if construct is None else 1)
    called = {p.name for p in (*(construct or ()), *given) if p.name in calls}
    both = (*given, *(construct or ()))
    gradient = next((p.name for p in both if p.name in called and means("gradient of", p.name)), "")
    written, owner = ("", "") if gradient else _method(calls, {p.name for p in both if p.required}, kept)
    gradient = gradient or owner
    minimised = "" if gradient else _minimised(loops, given)
    gradient = gradient or ("" if minimised or construct is not None else global_gradient(node))
    if not (gradient or minimised):
        return None, ()
    called |= {minimised}

    def role(p: Parameter) -> str:
        if p.name in (gradient, minimised):
            return "gradient of" if gradient else "minimised"
        if p.name in called or not p.role:  # another function that is called may be a schedule or a projection
            return "objective" if means("objective", p.name) else ""
        return "steps" if p.name in counts and means("steps", p.name) else p.role

    found: list[Parameter] = []
    for p in given:
        tolerance = means("tolerance", p.name) and (p.role != "eps" or not task.startswith("adam"))
        meant = "tolerance" if tolerance else "steps" if p.name in counts and means("steps", p.name) else role(p)
        start = p.required and meant in ("", "count") and p.name not in called
        found.append(replace(p, role="params" if start and not any(q.role == "params" for q in found) else meant))
    made = construct and tuple(replace(p, role=role(p)) for p in construct)
    known = {p.role for p in (*(made or ()), *found)}
    steps = "steps" in known or (gradient and _counts_itself(node, loops, written or gradient, {p.name for p in both}))
    return made, tuple(found) if steps and "params" in known else ()


def _method(calls: Iterable[str], names: set[str], kept: Mapping[str, str]) -> tuple[str, str]:
    """A call of a method that returns the gradient, and the parameter whose method it is; "" for both if none is."""
    for call in sorted(calls):
        owner, _, method = call.rpartition(".")
        name = kept.get(owner.removeprefix("self."), "") if owner.startswith("self.") else owner
        if name in names and name not in calls and (means("gradient of", method) or _GRADIENT.search(method)):
            return call, name
    return "", ""


def global_gradient(node: ast.FunctionDef) -> str:
    """The gradient function of one point that a function calls by a name of the program; "" if there is none."""
    own = {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
    own |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    for part in ast.walk(node):
        match part:
            case ast.Call(func=ast.Name(id=name), args=[ast.Name() | ast.BinOp()], keywords=[]) if name not in own:
                if means("gradient of", name) or _GRADIENT.search(name):
                    return name
    return ""


def _minimised(loops: Sequence[ast.For | ast.While], given: Sequence[Parameter]) -> str:
    """The parameter that is a function called in a loop, or passed there to one that differentiates it; "" if none."""
    likely = [p.name for p in given if p.required and means("objective", p.name)]
    if not likely:
        return ""
    calls = [part for loop in loops for part in ast.walk(loop) if isinstance(part, ast.Call)]
    used = {ast.unparse(part) for call in calls for part in (call.func, *call.args)}
    return next((name for name in likely if name in used), "")


def _counts_itself(node: ast.FunctionDef, loops: Sequence[ast.For | ast.While], gradient: str, names: set[str]) -> bool:
    """Whether no parameter says how many steps a loop has; the gradient is then called once in each of them."""
    calls = [part for part in ast.walk(node) if isinstance(part, ast.Call) and ast.unparse(part.func) == gradient]
    inside = [loop for loop in loops if any(part in calls for part in ast.walk(loop))]
    ends = [loop.iter for loop in inside if isinstance(loop, ast.For)]
    numbers = [part.value for end in ends for part in ast.walk(end) if isinstance(part, ast.Constant)]
    few = all(isinstance(number, int) and number <= ITERATIONS for number in numbers)
    counted = all(ast.unparse(end).startswith("range(") and not names & names_in([end]) for end in ends)
    return len(calls) == 1 and len(inside) == 1 and counted and few
