"""What the constructor of an optimizer hands on to that of its base class by ``*args`` and ``**kwargs``."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class Handed:
    """What a constructor hands on to that of its base class."""

    listed: bool
    """Whether ``*args`` is among it."""
    named: bool
    """Whether ``**kwargs`` is among it."""
    given: int
    """The number of arguments by position before these."""
    keywords: set[str]
    """The names of arguments that are passed by name."""


def handed_on(initial: ast.FunctionDef) -> Handed | None:
    """What a constructor with ``*args`` or ``**kwargs`` hands on; None if it hands on neither."""
    listed, named = initial.args.vararg, initial.args.kwarg
    for call in ast.walk(initial):
        if not isinstance(call, ast.Call) or not ast.unparse(call.func).endswith(".__init__"):
            continue
        stars = [arg.value.id for arg in call.args if isinstance(arg, ast.Starred) and isinstance(arg.value, ast.Name)]
        doubles = [word.value.id for word in call.keywords if word.arg is None and isinstance(word.value, ast.Name)]
        plain = [arg for arg in call.args if not isinstance(arg, ast.Starred) and ast.unparse(arg) != "self"]
        handed = Handed(
            listed is not None and listed.arg in stars,
            named is not None and named.arg in doubles,
            len(plain),
            {word.arg for word in call.keywords if word.arg},
        )
        return handed if handed.listed or handed.named else None
    return None
