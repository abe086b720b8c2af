"""Names that older versions of Python, NumPy and SciPy had: programs are judged by those that they were written for."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import Any

PYTHON = {"xrange": range, "unicode": str, "basestring": str, "long": int, "raw_input": input, "unichr": chr}
"""Built-in names of Python 2; every program and module gets them as its globals."""
NUMPY = {
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
TYPES = {"float": float, "int": int, "bool": bool, "object": object, "str": str, "complex": complex}
"""Names that NumPy had for Python's own types."""
SCIPY = {
    "scipy.integrate": {"trapz": "trapezoid", "simps": "simpson", "cumtrapz": "cumulative_trapezoid"},
    "scipy.misc": {name: f"scipy.special.{name}" for name in ("logsumexp", "comb", "factorial")},
}
"""By module: names, and what has replaced them, there or in another module. SciPy itself had NumPy's names."""
KEPT = ("show_config", "test")
"""Functions that both NumPy and SciPy have."""


def restore(numpy: Any) -> None:
    """Give NumPy the names that it no longer has."""
    there = vars(numpy)
    for old, new in NUMPY.items():
        if old not in there and new in there:
            setattr(numpy, old, there[new])
    for old, kind in TYPES.items():
        if old not in there:
            setattr(numpy, old, kind)


def restore_scipy(source: str) -> None:
    """Give SciPy the names that it no longer has, in the modules that a program's text mentions."""
    with warnings.catch_warnings(), suppress(ImportError):
        warnings.simplefilter("ignore")
        numpy, scipy = import_module("numpy"), import_module("scipy")
        there = {*dir(scipy)}
        for name, value in vars(numpy).items():
            if callable(value) and not name.startswith("_") and name not in there:
                setattr(scipy, name, value)
        for module_name, names in SCIPY.items():
            package, _, own = module_name.rpartition(".")
            if own not in source:
                continue
            try:
                module = import_module(module_name)
            except ImportError:
                module = sys.modules[module_name] = ModuleType(module_name)
                setattr(import_module(package), own, module)
            for old, new in names.items():
                owner, _, attribute = new.rpartition(".")
                if old not in vars(module):
                    setattr(module, old, getattr(import_module(owner or module_name), attribute, None))


def gone(node: ast.AST, imports: Mapping[str, str]) -> list[str]:
    """The old names that a definition uses, as it writes them, and that Python and its libraries here do not have.

    ``imports`` has, for each name that the program imports, what it stands for.
    """
    written = dict.fromkeys(name for part in ast.walk(node) if (name := _dotted(part)))
    return [name for name in written if _is_gone(_whole(name, imports))]


def _dotted(node: ast.AST) -> str:
    """A name with its owners, such as "np.linalg.norm"; "" for any other expression."""
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value)
        return owner and f"{owner}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _whole(name: str, imports: Mapping[str, str]) -> str:
    """The name with what its first part stands for, such as numpy.trapz of "np.trapz"."""
    root, *rest = name.split(".")
    return ".".join((imports.get(root, {"np": "numpy"}.get(root, root)), *rest))


def _is_gone(whole: str) -> bool:
    import numpy

    module, _, name = whole.rpartition(".")
    if not module:
        return name in PYTHON
    if module == "numpy":
        return name in {*NUMPY, *TYPES} - vars(numpy).keys()
    if module == "scipy":
        return callable(getattr(numpy, name, None)) and name not in KEPT
    return name in SCIPY.get(module, ())
