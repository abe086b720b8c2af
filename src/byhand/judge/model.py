"""What the judge speaks of: a definition in a learner's program, what was seen of it, and the judgement."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from byhand.judge.phrases import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Verdict = Literal[
    "right",
    "convention",
    "library",
    "fragile",
    "mistaken",
    "stopped",
    "unknown",
    "todo",
    "blocked",
    "unrecognised",
    "ours",
]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""From the best to what says nothing of the program."""
Values: TypeAlias = "Mapping[str, NDArray[np.generic]]"
FLOAT64, FLOAT32 = 2.0**-52, 2.0**-23
LATE = ("no time", "no answer in time")
"""What stops a judgement where the time of the file, or of the definition, is used up, by no fault of the program."""
LINE, CONSTANTS = 500, 12
"""Characters of a line that patterns see; constants of a definition that known mistakes are tried with."""
HUGE = 1e300
COARSE = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float32": FLOAT32}
"""Relative distances of two neighbouring numbers, of dtypes coarser than float64."""
_HALF = re.compile(r"(?:^|\.)(?:(bfloat16|float16)|HalfTensor|(?:np|numpy|torch)\.half|half\(\))$")
NO_NUMBER = "NoNumber"
"""The error of a call that ends well and gives nothing that could be the result."""


@dataclass(frozen=True)
class Place:
    """A line of the learner's text; ``cell`` counts code cells from 1, None in a plain file."""

    cell: int | None
    line: int


@dataclass(frozen=True)
class Problem:
    """What was left out of a learner's file, or mended in it."""

    place: Place
    message: str
    """A key of :data:`byhand.judge.reporting.texts.PROBLEMS`, or what Python says."""
    lost: tuple[str, ...] = ()
    """Names of the functions and classes that were left out with it."""


@dataclass(frozen=True)
class Definition:
    """A function or a class at the top level of the learner's program."""

    name: str
    node: ast.FunctionDef | ast.ClassDef
    """As parsed from ``program``: its line numbers are lines of ``program``."""
    program: str
    """What the cell loads: imports, constants and definitions, as far as the learner had written when this name was
    bound to this definition; every line where it stood, dropped ones blank."""
    heading: str = ""
    """The Markdown headings, or the comment, above it."""
    statements: tuple[ast.stmt, ...] = field(default=(), compare=False, repr=False)
    """The trees of ``program``, shared by all definitions that are in it; they must not be changed."""
    lines: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """Its own lines."""
    left: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """Names that the learner binds at the top level in what is not run: a loop, a file that is read, a training."""
    modules: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """Sources of the learner's own modules, by name, that the program may import."""

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return isinstance(self.node, ast.ClassDef)

    @cached_property
    def source(self) -> str:
        """Its own text, for patterns: of a line that goes on and on, the beginning."""
        return "\n".join(line[:LINE].rstrip() for line in self.lines)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the function's parameters, or of the class's ``__init__`` without self; without * and **."""
        return named_parameters(self.node if isinstance(self.node, ast.FunctionDef) else self.method("__init__"))

    def method(self, name: str) -> ast.FunctionDef | None:
        """The method ``name`` of a class as written in its own body."""
        for node in self.node.body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return node
        return None

    @cached_property
    def half(self) -> float:
        """The eps of the half precision that its code, not its comments, speaks of; 0 if it speaks of none."""
        spoken = {match[1] or "float16" for node in ast.walk(self.node) if (match := _HALF.search(_word(node)))}
        return max((COARSE[name] for name in spoken), default=0.0)

    @property
    def constants(self) -> tuple[float, ...]:
        """Small positive numbers in its text, 1e-20 to 0.5: what it may add under a logarithm or a root."""
        return tuple(x for x in self.numbers if isinstance(x, float) and 1e-20 <= x <= 0.5)[:CONSTANTS]

    @property
    def numbers(self) -> tuple[float, ...]:
        """All numbers in its text, whole ones as int; none that is too large for a float."""
        values = (node.value for node in ast.walk(self.node) if isinstance(node, ast.Constant))
        return tuple(dict.fromkeys(x for x in values if type(x) in (int, float) and abs(x) <= HUGE))  # type: ignore


@dataclass(frozen=True)
class Program:
    """A learner's file, read."""

    file: str
    text: str
    """Imports, constants and definitions, each line where it stood; dropped lines are blank."""
    definitions: tuple[Definition, ...]
    places: tuple[Place, ...]
    """Of each line of ``text``: where the learner has it."""
    lines: tuple[str, ...]
    """The learner's own lines, as many as ``text`` has: what a report shows."""
    counts: Mapping[int, int] = field(default_factory=dict, compare=False, repr=False)
    """By cells, counted from 1, that have been run: the number that Jupyter shows beside each."""
    written: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """Files that cells write by ``%%writefile``, by path."""
    seed: int = 0
    """What inputs are drawn from: of the file's own bytes, so that the same file gets the same report."""
    problems: tuple[Problem, ...] = ()
    """In the order of the file."""

    def place(self, line: int | None) -> Place | None:
        """Where the learner has a line of ``text``; None of a line that only the judge has."""
        place = self.places[line - 1] if line is not None and 1 <= line <= len(self.places) else None
        return place if place is not None and place.line else None


def _word(node: ast.AST) -> str:
    """What a node says of a dtype: a name, or a string that is nothing but one."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "half":
        return "half()"
    if isinstance(node, ast.Attribute | ast.Name):
        return ast.unparse(node)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def named_parameters(function: ast.FunctionDef | None) -> tuple[str, ...]:
    """Names of the parameters of a function, or of a method without self."""
    if function is None:
        return ()
    names = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    return tuple(names[1:] if names[:1] in (["self"], ["cls"]) else names)


@dataclass(frozen=True)
class Outcome:
    """What a program did with one probe, or what a known program would do."""

    values: Values = field(default_factory=dict)
    """By what they are: "value", "gradient of logits", "parameter 1" (a row a step), …"""
    error: str = ""
    """The name of the exception that ended it, "" if it ended well."""
    message: str = ""
    line: int | None = None
    """Where it was raised: a line of the definition's program."""
    kind: str = "error"
    """What stopped it, of the kinds that a judgement has: "error", "forbidden", "too much memory"."""
    stumbles: bool = False
    """Whether arithmetic raised it where it must not, so that it does not pass for nan or ∞."""
    eps: float = FLOAT64
    """Of the coarsest dtype that was seen on the way."""
    scale: Values = field(default_factory=dict)
    """Of a prediction: what rounding errors are measured by, where the value itself may be small by cancellation."""

    @property
    def sentence(self) -> str:
        """The exception as a traceback ends with it."""
        return f"{self.error}: {self.message}".removesuffix(": ")


@dataclass(frozen=True)
class Probe:
    """An input that is put to the learner's program and to the formula."""

    name: str
    """Of an ordinary probe: what it is. Of an edge: the edge, a key of :data:`byhand.judge.reporting.texts.EDGES`."""
    edge: bool
    inputs: Mapping[str, object]
    """What the task makes of it."""


@dataclass(frozen=True)
class Finding:
    """One thing to say about a definition."""

    mistake: str
    """The id of its page, such as "adam/no-bias-correction"; "" where there is none."""
    kind: Literal["mistake", "convention", "edge", "note"]
    line: int | None = None
    """In the definition's program."""
    edge: str = ""
    """Where it shows, if not on ordinary input."""
    yours: Text = ""
    """What the learner's program gives, on :attr:`input`."""
    formula: Text = ""
    """What the formula gives there."""
    input: Text = ""
    """The smallest counter-example, in words of the task."""
    note: str = ""
    """Of a note: the key in :data:`byhand.judge.reporting.texts.NOTES`."""
    detail: Mapping[str, Text] = field(default_factory=dict)
    """What the sentence of a note is filled with."""


@dataclass(frozen=True)
class Judgement:
    """What is said of one definition."""

    definition: Definition
    verdict: Verdict
    task: str = ""
    """Which of the seven, "" if none was recognised."""
    convention: Mapping[str, str] = field(default_factory=dict)
    """The calling convention found: {"arguments": "logits, indices", "result": "mean", "computes in": "float32", …}."""
    findings: tuple[Finding, ...] = ()
    stopped: str = ""
    """What stops it: "too slow", "error", "forbidden", …; of what is not recognised, why it can't be judged as what its
    name or the user says it is: "no way", "no result", "not called"; or that there was no time for it, "no time" of the
    file or "no answer in time" of the definition."""
    detail: str = ""
    """One sentence of what stopped it."""
    line: int | None = None
    """Where it stopped, in the definition's program."""


@dataclass(frozen=True)
class Allowance:
    """Seconds of wall clock that a check may take; what is not done by then is said to be so."""

    definition: float = 15.0
    """For one definition, all calling conventions together."""
    file: float = 120.0
    """For all definitions of a file."""


@dataclass(frozen=True)
class Report:
    """What is said of a whole file."""

    program: Program
    judgements: tuple[Judgement, ...]
    """In the order of the definitions; those that no task recognises are among them."""
    layers: tuple[str, ...] = ()
    """What sealed the run: ("Landlock 7", "seccomp", "limits"); () if nothing was run."""
    trusted: bool = False
    """Whether it ran with the layers that hold, because the user said so."""
    seconds: float = 0.0
    allowed: Allowance = Allowance()
    """The time it was given."""
    seed: int = 0
    """What inputs were drawn from."""
    live: bool = False
    """Whether it was asked for in Python, where advice is not of the command line."""
