"""Describes an object: its public attributes, and the parameters of callables."""

from __future__ import annotations

from inspect import isroutine, signature
from json import dumps
from typing import Any

from byhand.sandbox.wire import REPLY_HEADER

MEMBERS = 48
PARAMETERS = 16
NAME = 60


def members(value: Any) -> dict[str, Any]:
    """The answer about ``value``: ``type`` (class, function or object), its own ``parameters``, those of its members.

    Parameters are ``[name, kind, has a default, the default if it is a number]``; None for what cannot be called.
    ``capped`` is True if some members were left out.
    """
    names = [name for name in dir(value) if not name.startswith("_")]
    found = []
    for name in names[:MEMBERS]:
        try:
            member = getattr(value, name)
        except Exception:  # a property that raises is left out
            continue
        found.append((name[:NAME], _parameters(member)))
    told = dict(fitting(found))
    return {
        "type": "class" if isinstance(value, type) else "function" if isroutine(value) else "object",
        "parameters": _parameters(value),
        "members": told,
        "capped": len(names) > MEMBERS or len(told) < len(found),
    }


def fitting(items: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The leading ``items`` that fit into the header of an answer, with 4096 bytes left for the rest of it."""
    room, fitting = REPLY_HEADER - 4096, []
    for item in items:
        room -= len(dumps(item)) + 4
        if room < 0:
            break
        fitting.append(item)
    return fitting


def _parameters(value: Any) -> list[list[Any]] | None:
    """``[name, kind, has a default, the default if it is a number]`` for each parameter; None if it is not callable."""
    if not callable(value):
        return None
    try:
        parameters = signature(value).parameters.values()
    except (TypeError, ValueError):
        return []
    return [
        [
            parameter.name[:NAME],
            parameter.kind.name.lower(),
            parameter.default is not parameter.empty,
            parameter.default if type(parameter.default) in (bool, int, float) and _finite(parameter.default) else None,
        ]
        for parameter in list(parameters)[:PARAMETERS]
    ]


def _finite(number: float) -> bool:
    return abs(number) < 1e300
