"""Exceptions that come from the text of a program, however it is called."""

from __future__ import annotations

import re
from difflib import get_close_matches

import numpy as np

from byhand.judge.model import Definition, Outcome
from byhand.judge.optimizers.source import Source

OWN = {"NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError", "NotImplementedError", "RecursionError"}
"""Exceptions that do not depend on the calling convention."""
_LIBRARY = r"\b(?:np|numpy|torch|math|F)\."
_SAID = re.compile(r"(?:'(\w+)' object|module '[\w.]+') has no attribute '(\w+)'")
_ASKED_OF_ARRAY = re.compile(r"'numpy\.[\w.]+' object has no attribute '(\w+)'")
_AS_A = {
    "dict": r"(?<![\w.]){}\.(?:items|keys|values)\(",
    "list": r"\bin {}\b|\b(?:zip|enumerate)\([^)]*(?<![\w.]){}\b",
}
"""How a text uses an argument as a dict or as a list."""


def expects_other_arrays(outcome: Outcome) -> bool:
    """Whether it asks a NumPy array of the judge's for what only another framework's arrays have; no misspelling."""
    found = _ASKED_OF_ARRAY.search(outcome.message) if outcome.error == "AttributeError" else None
    return found is not None and not get_close_matches(found[1], dir(np.ndarray), 1, 0.8)


def own_fault(definition: Definition, outcome: Outcome, source: Source) -> bool:
    """Whether an exception comes from the text alone.

    Examples: ``np.zeros.like``; ``params.grad`` of a list that it loops over; its own list, indexed by names.
    """
    if outcome.error in OWN:
        return True
    lines = definition.program.split("\n")
    line = lines[outcome.line - 1].partition("#")[0] if outcome.line and outcome.line <= len(lines) else ""
    if outcome.error == "AttributeError" and (said := _SAID.search(outcome.message)):
        kind, attribute = said[1] or "", said[2]
        if re.search(rf"{_LIBRARY}(?:\w+\.)*{attribute}\b", line):
            return True
        asked = [re.escape(name) for name in re.findall(rf"(?<![\w.])(\w+)\.{attribute}\b", line)]
        return kind in _AS_A and any(re.search(_AS_A[kind].replace("{}", name), source.text) for name in asked)
    if outcome.error == "TypeError" and "list indices must be integers" in outcome.message:
        asked = [re.escape(name) for name in re.findall(r"(?<![\w.])([\w.]+)\[", line)]
        return bool(asked) and all(re.search(rf"(?<![\w.]){name} = (?:\[\]|list\(\))", source.text) for name in asked)
    return False
