"""The judge's data: a definition in a learner's program, what was observed of it, and the judgement."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
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
"""From the best verdict to those that say nothing about the program."""
Values: TypeAlias = "Mapping[str, NDArray[np.generic]]"
FLOAT64, FLOAT32 = 2.0**-52, 2.0**-23
LATE = ("no time", "no answer in time")
"""Values of ``Judgement.stopped`` when time runs out without the program's fault."""
LINE, CONSTANTS, CALLED = 500, 12, 8
"""Characters of a line that patterns see; constants of a definition that are tried in known mistakes; functions whose
constants count as the definition's own, itself included.
"""
HUGE = 1e300
COARSE = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float32": FLOAT32}
"""Relative distances of two neighbouring numbers, of dtypes coarser than float64."""
_HALF = re.compile(r"(?:^|\.)(?:(bfloat16|float16)|HalfTensor|(?:np|numpy|torch)\.half|half\(\))$")
NO_NUMBER = "NoNumber"
"""The error of a call that succeeds but returns nothing that could be the result."""


@dataclass(frozen=True)
class Place:
    """A line of the learner's text; ``cell`` counts code cells from 1, or Markdown cells, None in a plain file."""

    cell: int | None
    line: int
    markdown: bool = False
    """Whether it is in a Markdown cell of a notebook."""


@dataclass(frozen=True)
class Problem:
    """Something in a learner's file that was left out or repaired."""

    place: Place
    message: str
    """A key of :data:`byhand.judge.reporting.texts.PROBLEMS`, or Python's own message."""
    lost: tuple[str, ...] = ()
    """Names of the functions and classes that were lost with it."""


@dataclass(frozen=True)
class Passage:
    """Text of a learner's file that is not code: of Markdown, or a docstring with the comments beside it."""

    first: int
    """Its first line, as a line of :attr:`Program.lines`."""
    lines: tuple[str, ...]
    """Its lines; what is no text in them, such as fenced code, is blank."""
    name: str = ""
    """Of a docstring: the name of the function or class that it documents."""
    code: bool = False
    """Whether code follows before the next passage of Markdown."""


@dataclass(frozen=True)
class Definition:
    """A function or a class at the top level of the learner's program; or a formula or a heading in its text."""

    name: str
    node: ast.FunctionDef | ast.ClassDef
    """As parsed from ``program``: its line numbers are lines of ``program``."""
    program: str
    """What the sandbox loads: imports, constants and definitions, as far as the learner had written them when this name
    was bound. Every line keeps its number; dropped lines are blank."""
    heading: str = ""
    """The Markdown headings or the comment above it."""
    statements: tuple[ast.stmt, ...] = field(default=(), compare=False, repr=False)
    """The statements of ``program``, shared by all definitions in it; they must not be changed."""
    lines: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """Its own lines."""
    left: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """Names that the learner binds at the top level in code that is not run: a loop, reading a file, a training."""
    modules: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """Sources of the learner's own modules that the program may import, by name."""
    imports: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """Packages that the file imports, used or not; "" for its own modules."""
    kind: Literal["definition", "formula", "heading"] = "definition"

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return isinstance(self.node, ast.ClassDef)

    @cached_property
    def source(self) -> str:
        """Its own text, for patterns; long lines are cut."""
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
        """The eps of the half precision that its code (not its comments) mentions; 0 if it mentions none."""
        spoken = {match[1] or "float16" for node in ast.walk(self.node) if (match := _HALF.search(_word(node)))}
        return max((COARSE[name] for name in spoken), default=0.0)

    @cached_property
    def constants(self) -> tuple[float, ...]:
        """Small positive numbers in its text, 1e-20 to 0.5, which may be added under a logarithm or a root."""
        return tuple(x for x in self.numbers if isinstance(x, float) and 1e-20 <= x <= 0.5)[:CONSTANTS]

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """All numbers in its text and in that of functions it calls; integers as int, none too large for a float."""
        nodes = (node for part in self._called() for node in ast.walk(part))
        values = (node.value for node in nodes if isinstance(node, ast.Constant))
        return tuple(dict.fromkeys(x for x in values if type(x) in (int, float) and abs(x) <= HUGE))  # type: ignore

    def _called(self) -> list[ast.stmt]:
        """Itself, and functions of the same program that it calls, directly or indirectly."""
        there = {node.name: node for node in self.statements if isinstance(node, ast.FunctionDef)}
        found: list[ast.stmt] = [self.node]
        for part in found:  # grows on the way
            names = {
                node.func.id
                for node in ast.walk(part)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            }
            found += [there[name] for name in sorted(names & there.keys()) if there[name] not in found]
        return found[:CALLED]


@dataclass(frozen=True)
class Program:
    """A learner's file, read."""

    file: str
    text: str
    """Imports, constants and definitions. Every line keeps its number; dropped lines are blank."""
    definitions: tuple[Definition, ...]
    places: tuple[Place, ...]
    """For each line of ``text``: its place in the learner's file; then those of Markdown."""
    lines: tuple[str, ...]
    """The learner's own lines at these places: what a report shows."""
    counts: Mapping[int, int] = field(default_factory=dict, compare=False, repr=False)
    """By cells, counted from 1, that have been run: the number that Jupyter shows beside each."""
    written: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """Files that cells write by ``%%writefile``, by path."""
    seed: int = 0
    """The seed of the inputs: from the file's bytes, so that the same file gets the same report."""
    problems: tuple[Problem, ...] = ()
    """In the order of the file."""
    passages: tuple[Passage, ...] = ()
    """Its text, in the order of the file. The lines of Markdown come after all code in :attr:`lines`."""

    def place(self, line: int | None) -> Place | None:
        """The learner's place of a line of ``text``; None for a line that only the judge has."""
        place = self.places[line - 1] if line is not None and 1 <= line <= len(self.places) else None
        return place if place is not None and place.line else None


def _word(node: ast.AST) -> str:
    """The text of a node that may name a dtype: a name, or a string of one word."""
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


def defaults(function: ast.FunctionDef) -> Iterator[tuple[ast.arg, ast.expr]]:
    """The parameters of a function that have defaults, the last positional one first, then those by name alone."""
    given = function.args
    yield from zip(reversed((*given.posonlyargs, *given.args)), reversed(given.defaults), strict=False)
    for arg, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        if default is not None:
            yield arg, default


@dataclass(frozen=True)
class Outcome:
    """What a program did on one probe, or what a known program would do."""

    values: Values = field(default_factory=dict)
    """By name: "value" and "gradient" of a function; "parameter 1", … of an optimizer, with a row per step."""
    error: str = ""
    """The name of the exception that ended it, "" if there was none."""
    message: str = ""
    line: int | None = None
    """The line that raised it, in the definition's program."""
    kind: str = "error"
    """What stopped it, as in a judgement: "error", "forbidden", "too much memory"."""
    instead: Text = ""
    """What it did in place of giving a result, where no exception ended it: "it returned None"."""
    stumbles: bool = False
    """Whether arithmetic raised where an array would not give nan or ∞, so that the two are not equivalent."""
    eps: float = FLOAT64
    """The eps of the coarsest dtype observed."""
    scale: Values = field(default_factory=dict)
    """For a prediction: the scale of rounding errors, where cancellation makes the value itself small."""

    @property
    def sentence(self) -> str:
        """The exception as the last line of a traceback."""
        return f"{self.error}: {self.message}".removesuffix(": ")

    @property
    def failure(self) -> Text:
        """For the report: what it did in place of giving a result, else the exception."""
        return self.instead or self.sentence


@dataclass(frozen=True)
class Probe:
    """An input for the learner's program and the formula."""

    name: str
    """For an ordinary probe, its description. For an edge, a key of :data:`byhand.judge.reporting.texts.EDGES`."""
    edge: bool
    inputs: Mapping[str, object]
    """Interpreted by the task."""


@dataclass(frozen=True)
class Finding:
    """One thing to say about a definition."""

    mistake: str
    """The id of its page, such as "adam/no-bias-correction"; "" if it has no page."""
    kind: Literal["mistake", "convention", "edge", "note"]
    line: int | None = None
    """A line of the definition's program."""
    edge: str = ""
    """The edge at which it shows; "" for ordinary input."""
    yours: Text = ""
    """The learner's result on :attr:`input`."""
    formula: Text = ""
    """The formula's result on it."""
    input: Text = ""
    """The smallest counter-example, in the task's words."""
    note: str = ""
    """For a note: its key in :data:`byhand.judge.reporting.texts.NOTES`."""
    detail: Mapping[str, Text] = field(default_factory=dict)
    """Values for the placeholders of the note's sentence."""
    columns: tuple[int, int] | None = None
    """The columns of its line that it is about, if they are known."""


@dataclass(frozen=True)
class Replaced:
    """Lines of a program, and what replaces them."""

    first: int
    last: int
    """The last line that is replaced; ``first - 1`` if the new lines are put in before ``first``."""
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True)
class Fix:
    """A change of a definition after which it is judged right, or that none was found."""

    lines: tuple[Replaced, ...] = ()
    """In the order of the text; empty if none was found."""
    verdict: Verdict = "unknown"
    """That of the changed definition."""
    late: bool = False
    """Whether the search ended because its time was used up."""


@dataclass(frozen=True)
class Judgement:
    """The verdict on one definition, with its findings."""

    definition: Definition
    verdict: Verdict
    task: str = ""
    """Which of the seven, "" if none was recognised."""
    convention: Mapping[str, str] = field(default_factory=dict)
    """The calling convention found: {"arguments": "logits, indices", "result": "mean", "computes in": "float32", …}."""
    findings: tuple[Finding, ...] = ()
    stopped: str = ""
    """What stopped it: "too slow", "error", "forbidden", …. For an unrecognised definition: why it cannot be judged as
    what its name or the user says ("no way", "no result", "not called"), or that time ran out ("no time" for the file,
    "no answer in time" for the definition)."""
    detail: Text = ""
    """What stopped it, or what it did in place of giving a result."""
    line: int | None = None
    """The line where it stopped, in the definition's program."""
    fix: Fix | None = None
    """What makes it right; None if that was not looked for."""


@dataclass(frozen=True)
class Allowance:
    """Seconds of wall clock that a check may take; what is unfinished then is reported as such."""

    definition: float = 15.0
    """For one definition, all calling conventions together."""
    file: float = 120.0
    """For all definitions of a file."""


@dataclass(frozen=True)
class Report:
    """The result for a whole file."""

    program: Program
    judgements: tuple[Judgement, ...]
    """In the order of the file, including definitions that no task recognises."""
    layers: tuple[str, ...] = ()
    """What sealed the run: ("Landlock 7", "seccomp", "limits"); () if nothing was run."""
    trusted: bool = False
    """Whether it ran without complete sealing, because the user allowed it."""
    seconds: float = 0.0
    allowed: Allowance = Allowance()
    """The time limits."""
    seed: int = 0
    """The seed of the inputs."""
    live: bool = False
    """Whether it was called from Python, where advice about the command line does not apply."""
    formulas: int = 0
    """How many formulas of its text are right."""
