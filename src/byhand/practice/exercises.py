"""The exercises in learning order: their texts in two languages, and their references in three libraries."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from textwrap import dedent
from typing import Any

from byhand.judge.diagnosis.clinic import FORMULAS, formula_named, halves
from byhand.judge.reporting.words import LANGUAGES
from byhand.practice.stories import STORIES

__all__ = ["HINTS", "LIBRARIES", "Exercise", "exercise", "exercises", "next_exercise"]

LIBRARIES = ("torch", "numpy", "python")
"""The libraries in which each exercise can be written; "python" is Python without any."""
HINTS = 4
"""Number of hints of each exercise: the idea, the formula, the steps, and code."""
PLAIN = "plain"
"""The variant that the formula's own name means."""


@dataclass(frozen=True, eq=False)
class Exercise:
    """One thing to write: a formula, or a variant of it."""

    id: str
    """The formula, or formula/variant: "adam", "adam/l2"."""
    formula: str
    variant: str
    """"" for the formula itself."""
    level: int
    """1 easy, 2 medium, 3 hard."""
    minutes: int
    parameters: tuple[str, ...]
    """Names that the signature must have: without them, it is another variant."""
    arguments: tuple[str, ...]
    """Beginnings of the calling conventions that are this variant; empty if all are."""
    without: tuple[str, ...]
    """Pages of conventions that are right, and not what is asked for."""
    lines: str
    """The formula's lines, as in its docstring."""
    _texts: Mapping[str, Any]
    """The table of exercises.toml."""
    _form: Mapping[str, Any]
    """By library: what the arguments and the result are."""

    @property
    def name(self) -> str:
        """The stem of its file: "adam_l2"."""
        return self.id.replace("/", "_")

    def title(self, lang: str) -> str:
        """Its title in "en" or "zh"."""
        return self._text("title", lang)

    def task(self, lang: str) -> str:
        """What is to be written, in one paragraph."""
        return self._text("task", lang)

    def form(self, lang: str, library: str) -> str:
        """What the arguments and the result are in a library, in one paragraph."""
        return _chosen(self._form[library], lang)

    def story(self, lang: str) -> str:
        """The formula with its explanation: its own docstring, in Chinese the text of ``byhand show``."""
        return (STORIES[self.formula] if lang == "zh" else halves(self.formula)[0]).strip()

    def statement(self, lang: str, library: str = "") -> str:
        """Title, task and formula as Markdown; with ``library``, also what the arguments are."""
        parts = [f"# {self.title(lang)}", self.task(lang)]
        if library:
            parts.append(self.form(lang, library))
        return "\n\n".join([*parts, self.story(lang)]) + "\n"

    def hint(self, level: int, lang: str, library: str) -> str:
        """Hint 0 is the idea, 1 the formula, 2 the steps, 3 the reference's decisive lines."""
        if level >= HINTS - 1:
            return self.decisive(library)
        return (self._text("idea", lang), self.lines, self._text("steps", lang))[level]

    def solution(self, library: str) -> str:
        """The reference: a whole program."""
        return _reference(library, self.formula, self.variant or PLAIN)

    def signature(self, library: str) -> str:
        """The first line of the function; of a class, its own and those of its methods."""
        node = self.definition(library)
        lines = self.solution(library).split("\n")
        parts = [node, *(part for part in node.body if isinstance(part, ast.FunctionDef))]
        return "\n".join(lines[part.lineno - 1] for part in parts)

    def example(self, library: str) -> str:
        """The example of the reference's docstring, as a doctest."""
        text = ast.get_docstring(self.definition(library)) or ""
        return text[text.index(">>>") :].strip()

    def decisive(self, library: str) -> str:
        """The lines of the reference that compute the formula, without its docstring."""
        node = self.definition(library)
        if isinstance(node, ast.ClassDef):
            node = next(part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "step")
        body = [part for part in node.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))]
        lines = self.solution(library).split("\n")[body[0].lineno - 1 : node.end_lineno]
        return dedent("\n".join(lines))

    def definition(self, library: str) -> ast.FunctionDef | ast.ClassDef:
        """The reference's function or class, as parsed from :meth:`solution`."""
        return next(
            node for node in ast.parse(self.solution(library)).body if isinstance(node, ast.FunctionDef | ast.ClassDef)
        )

    def _text(self, key: str, lang: str) -> str:
        return _chosen(self._texts[key], lang)


def _chosen(pair: list[str], lang: str) -> str:
    return pair[LANGUAGES.index(lang)]


@cache
def exercises() -> tuple[Exercise, ...]:
    """All exercises, in learning order."""
    table = tomllib.loads(files("byhand.practice").joinpath("exercises.toml").read_text("utf-8"))
    return tuple(_exercise(one, table["forms"][one["kind"]]) for one in table["exercise"])


def exercise(id: str) -> Exercise:
    """The exercise of an id, or of another name of a formula: "adam/l2", "KL divergence", "auc"; KeyError if none."""
    known = {one.id: one for one in exercises()}
    formula, slash, variant = id.partition("/")
    return known[(formula_named(formula) or formula) + slash + variant]


def next_exercise(done: Mapping[str, set[str]], after: str = "") -> Exercise | None:
    """The first exercise that is not among ``done``, beginning behind ``after``; None if all are."""
    every = exercises()
    start = next((i + 1 for i, one in enumerate(every) if one.id == after), 0)
    return next((one for one in every[start:] + every[:start] if not done.get(one.id) and one.id != after), None)


def _exercise(one: Mapping[str, Any], form: Mapping[str, Any]) -> Exercise:
    formula, _, variant = one["id"].partition("/")
    if formula not in FORMULAS:
        raise ValueError(f"{one['id']}: an exercise is of a formula")
    return Exercise(
        id=one["id"],
        formula=formula,
        variant=variant,
        level=one["level"],
        minutes=one["minutes"],
        parameters=tuple(one.get("parameters", ())),
        arguments=tuple(one.get("arguments", ())),
        without=tuple(one.get("without", ())),
        lines=one["formula"],
        _texts=one,
        _form=form,
    )


@cache
def _reference(library: str, formula: str, variant: str) -> str:
    place = files("byhand").joinpath("practice", "references", library, formula, f"{variant}.py")
    return place.read_text("utf-8")
