"""Names that older versions of NumPy had: programs are judged by the NumPy that they were written for."""

from __future__ import annotations

import ast
from typing import Any

RENAMED = {
    "trapz": "trapezoid",
    "in1d": "isin",
    "product": "prod",
    "cumproduct": "cumprod",
    "sometrue": "any",
    "alltrue": "all",
    "round_": "round",
    "row_stack": "vstack",
    "float_": "float64",
    "complex_": "complex128",
    "Inf": "inf",
    "Infinity": "inf",
    "infty": "inf",
    "PINF": "inf",
    "NaN": "nan",
    "NAN": "nan",
}
PYTHON = {"float": float, "int": int, "bool": bool, "object": object, "str": str, "complex": complex}
"""Names that NumPy had for Python's own types."""


def restore(numpy: Any) -> None:
    """Give NumPy the names that it no longer has."""
    there = vars(numpy)
    for old, new in RENAMED.items():
        if old not in there and new in there:
            setattr(numpy, old, there[new])
    for old, kind in PYTHON.items():
        if old not in there:
            setattr(numpy, old, kind)


def gone(node: ast.AST) -> list[str]:
    """The names that a definition takes from NumPy, as it writes them, and that the NumPy here does not have."""
    import numpy

    taken = {
        f"{part.value.id}.{part.attr}": part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in ("np", "numpy")
    }
    return [name for name, attr in taken.items() if attr in {*RENAMED, *PYTHON} - vars(numpy).keys()]
