"""The form that each answer must have: a program may have written it in place of the machine.

Only the judge uses this. An answer that passes may still be false, but the judge can process it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from byhand.sandbox.wire import Array, BadFrame

Form = Callable[[Any], bool]
"""Whether a JSON value has the required form."""
READY = ""
"""The "operation" of the first answer, which the worker sends unasked."""


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _whole(value: Any) -> bool:
    return type(value) is int and abs(value) < 1 << 64


def _count(value: Any) -> bool:
    return _whole(value) and value >= 0


def _number(value: Any) -> bool:
    return _whole(value) or (isinstance(value, float) and isfinite(value))


def _default(value: Any) -> bool:
    return isinstance(value, bool | int | float) and abs(value) < 1e300


def _or_none(form: Form) -> Form:
    return lambda value: value is None or form(value)


def _list(form: Form) -> Form:
    return lambda value: isinstance(value, list) and all(map(form, value))


def _row(*forms: Form) -> Form:
    return lambda value: (
        isinstance(value, list)
        and len(value) == len(forms)
        and all(form(part) for form, part in zip(forms, value, strict=True))
    )


def _by_name(form: Form) -> Form:
    return lambda value: isinstance(value, dict) and all(map(form, value.values()))


def _table(forms: Mapping[str, Form]) -> Form:
    return lambda value: (
        isinstance(value, dict)
        and value.keys() == forms.keys()
        and all(form(value[key]) for key, form in forms.items())
    )


_MISSING = {
    "system": ["system"],
    "layer off": ["layer"],
    "no layer": ["error", "layer"],
    "no system calls": ["layer", "machine"],
}
"""The reasons why a layer does not hold, with their placeholders."""


def _missing(value: Any) -> bool:
    return _row(_text, _by_name(_text))(value) and _MISSING.get(value[0]) == sorted(value[1])


_LEAVES = {"leaves": _list(_table({"path": _text, "type": _text, "shape": _list(_count)}))}
_PARAMETERS = _or_none(_list(_row(_text, _text, _flag, _or_none(_default))))
_NUMBERS = {"dtype": _text, "shape": _list(_count)}
_MEASURED = {"peak": _count, "steps": _count, "used": _list(_row(_text, _or_none(_count)))}
_FACTS = {"ptr": _or_none(_count), "id": _count, "depth": _count, "requires_grad": _flag, "graph": _flag}
ANSWERS: Mapping[str, tuple[Mapping[str, Form], ...]] = {
    READY: ({"layers": _list(_text), "missing": _list(_missing), "versions": _by_name(_text)},),
    "load": ({"names": _list(_text)},),
    "call": ({**_LEAVES, "seconds": _number}, {**_LEAVES, "seconds": _number, **_MEASURED}),
    "get": ({"none": lambda value: value is True}, _NUMBERS),
    "leaves": (_LEAVES,),
    "facts": ({**_FACTS, **dict.fromkeys(("dtype", "device", "type"), _text)},),
    "members": ({"type": _text, "parameters": _PARAMETERS, "members": _by_name(_PARAMETERS), "capped": _flag},),
    **dict.fromkeys(("module", "put", "set", "backward", "closure", "oracle", "del"), ({},)),
}
"""By operation: the keys of an answer besides ``ok``, in one of these combinations."""
FAILURE: Mapping[str, Form] = {
    **dict.fromkeys(("error", "message"), _text),
    **dict.fromkeys(("forbidden", "memory"), _flag),
    "line": _or_none(_count),
    "trace": _list(_count),
    "errno": _or_none(_whole),
}


def check(operation: str, header: Mapping[str, Any], payload: bytes) -> None:
    """Check that an answer has the form that its request asks for.

    Raises:
        BadFrame: it has another form.
    """
    told = {key: value for key, value in header.items() if key != "ok"}
    if not _flag(header.get("ok")):
        raise BadFrame("an answer whose `ok` is not a bool")
    ways = ANSWERS[operation] if header["ok"] else (FAILURE,)
    if not any(_table(way)(told) for way in ways):
        raise BadFrame(f"an answer to {operation or 'nothing'!r} with other keys or values")
    if "shape" in told:
        Array.of(header, payload)
    elif payload:
        raise BadFrame("an answer with bytes that were not requested")
