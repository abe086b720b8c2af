"""``byhand.check``: the same judgement from Python and in a notebook, for files and for live objects."""

from __future__ import annotations

import ast
import inspect
import io
import linecache
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from symtable import symtable
from textwrap import dedent
from types import FunctionType, ModuleType
from typing import Any

from rich.console import Console

from byhand._check import must_be
from byhand._path import shadowed_library
from byhand.judge.diagnosis.clinic import FORMULAS
from byhand.judge.judge import judge
from byhand.judge.model import Allowance, Place, Program, Report
from byhand.judge.reading.cells import content
from byhand.judge.reading.methods import named
from byhand.judge.reading.neighbours import read_whole
from byhand.judge.reading.notebook import read
from byhand.judge.reading.statements import LAZY
from byhand.judge.reading.syntax import quiet
from byhand.judge.reporting import page, terminal
from byhand.judge.reporting.json_form import as_json
from byhand.judge.reporting.report import ordered
from byhand.judge.reporting.words import LANGUAGES, language
from byhand.judge.visible import visible

__all__ = ["Checked", "check"]


NOWHERE = Place(None, 0)
"""The place of a line that is not the learner's."""


@dataclass(frozen=True)
class Checked:
    """A report that displays itself: as text where it is printed, as HTML in a notebook."""

    report: Report
    lang: str

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict of each definition, such as "right" or "mistaken", by name."""
        return {judgement.definition.name: judgement.verdict for judgement in self.report.judgements}

    @property
    def mistakes(self) -> dict[str, list[str]]:
        """The ids of the pages found, by the definition's name."""
        return {j.definition.name: [f.mistake for f in ordered(j) if f.mistake] for j in self.report.judgements}

    def json(self) -> dict[str, Any]:
        """The report in the form that ``byhand check --json`` prints."""
        return as_json(self.report, self.lang)

    def __repr__(self) -> str:
        text = io.StringIO()
        terminal.show(Console(file=text, width=100, color_system=None), self.report, self.lang)
        return text.getvalue().rstrip()

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return page.part(self.report, self.lang)


def check(
    *what: Any,
    names: Mapping[str, str] | None = None,
    lang: str | None = None,
    trust: bool = False,
    definition_seconds: float = 15.0,
    file_seconds: float = 120.0,
) -> Checked:
    """Judge a file by its path, or functions and classes that are defined here.

    The judged program runs from its source in a sealed process. An object without source, such as one made by ``exec``,
    cannot be judged.

    Args:
        *what: one path (str or Path) of a notebook or Python file; or functions and classes.
        names: which of the seven a definition is, where byhand does not recognise it: {"f": "adam"}.
        lang: "en" or "zh"; by default the locale's language.
        trust: run the program even if it cannot be sealed.
        definition_seconds: time for each definition; unfinished ones are reported as such.
        file_seconds: time for all of them.

    Raises:
        ValueError: the file is not a readable notebook or Python file; its folder has modules with names of libraries;
            the source of an object is not available; ``names`` has an unknown name or task.
        byhand.sandbox.Stopped: the program cannot be sealed here, and ``trust`` is False.
    """
    if lang is not None and lang not in LANGUAGES:
        raise must_be("lang", "check", "'en' or 'zh'", repr(lang), ValueError)
    for name, value in (("definition_seconds", definition_seconds), ("file_seconds", file_seconds)):
        if not 0 < value < inf:
            raise must_be(name, "check", "above 0 and finite", repr(value), ValueError)
    if not what:
        raise must_be("what", "check", "a path, or functions and classes", "nothing", TypeError)
    data = None
    if isinstance(what[0], str | Path):
        if len(what) > 1:
            raise must_be("what", "check", "one path", f"{len(what)}", TypeError)
        _apart(Path(what[0]))
        file = str(what[0])
        data = content(file)
    with quiet():
        program = read_whole(data, file) if data is not None else _program(what)
        _known(names or {}, program)
        report = judge(program, names=names, trust=trust, allowed=Allowance(definition_seconds, file_seconds))
        return Checked(replace(report, live=True), language(lang))


def _apart(file: Path) -> None:
    """Refuse a file whose folder contains modules with names of libraries: this process has imported them, or would."""
    for folder in {file.absolute().parent, file.resolve().parent}:
        if name := shadowed_library(str(folder)):
            requirement = "a file whose folder has no module with the name of a library"
            raise must_be("what", "check", requirement, f"{name} in {folder}", ValueError)


def _known(names: Mapping[str, str], program: Program) -> None:
    """Check that ``names`` has only existing definitions and tasks."""
    there = named(program)
    for name, task in names.items():
        if task not in FORMULAS:
            raise must_be("names", "check", f"one of {', '.join(FORMULAS)} for each name", repr(task), ValueError)
        if name not in there:
            raise must_be("names", "check", f"of definitions of {visible(program.file)}", repr(name), ValueError)


def _program(objects: Iterable[Any]) -> Program:
    """The text of these objects and of everything they need from their modules."""
    pieces: dict[str, _Piece] = {}
    wanted = []
    for thing in objects:
        name = getattr(thing, "__name__", "")
        if not isinstance(thing, FunctionType | type):
            raise must_be("what", "check", "functions and classes, or a path", repr(thing), TypeError)
        _collect(name, thing, pieces)
        wanted.append(name)
    text, places = f"{LAZY}\n", [NOWHERE]
    for piece in pieces.values():
        text += piece.text + "\n\n"
        lines = range(piece.text.count("\n") + 1)
        places += [*(Place(None, piece.first + i) if piece.first else NOWHERE for i in lines), NOWHERE]
    program = read(text.encode(), "<live>.py")
    chosen = tuple(definition for definition in program.definitions if definition.name in wanted)
    return replace(program, file=", ".join(wanted), definitions=chosen, places=(*places, NOWHERE))


@dataclass(frozen=True)
class _Piece:
    """Lines that define a name, and where they start in the learner's file or cell."""

    text: str
    first: int


def _collect(name: str, thing: Any, pieces: dict[str, _Piece]) -> None:
    """Add the source of ``name`` to ``pieces``, after everything it needs."""
    if name in pieces:
        return
    pieces[name] = _Piece("", 0)  # it may refer to itself
    text, first, around = _source(thing)
    for needed in _globals(text):
        if needed in around and needed not in pieces:
            _need(needed, around[needed], getattr(thing, "__module__", ""), pieces)
    del pieces[name]
    pieces[name] = _Piece(text, first)


def _need(name: str, value: Any, module: str, pieces: dict[str, _Piece]) -> None:
    """Add the lines that recreate ``value`` in another process."""
    if isinstance(value, ModuleType):
        pieces[name] = _Piece(f"import {value.__name__} as {name}", 0)
    elif isinstance(value, FunctionType | type) and value.__module__ == module:
        _collect(name, value, pieces)
    elif getattr(value, "__module__", None) and getattr(value, "__qualname__", "") == getattr(value, "__name__", None):
        pieces[name] = _Piece(f"from {value.__module__} import {value.__name__} as {name}", 0)
    elif isinstance(value, int | float | str | bool | None):
        pieces[name] = _Piece(f"{name} = {value!r}", 0)
    elif module and module != "__main__":
        pieces[name] = _Piece(f"from {module} import {name}", 0)


def _source(thing: Any) -> tuple[str, int, Mapping[str, Any]]:
    """The lines of a function or a class, the number of the first, and the names around it.

    A class is found by the code of its first method, because a notebook does not record the file of a class.
    """
    functions = (
        [thing] if isinstance(thing, FunctionType) else [f for f in vars(thing).values() if inspect.isfunction(f)]
    )
    for function in map(inspect.unwrap, functions):
        code = function.__code__
        lines = linecache.getlines(code.co_filename, function.__globals__)
        for node in ast.walk(ast.parse(dedent("".join(lines)))):
            if (
                isinstance(node, ast.FunctionDef | ast.ClassDef)
                and node.name == thing.__name__
                and node.lineno <= code.co_firstlineno + len(node.decorator_list) + 1
                and code.co_firstlineno <= (node.end_lineno or 0)
            ):
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                return dedent("".join(lines[first - 1 : node.end_lineno])).rstrip("\n"), first, function.__globals__
    raise ValueError(f"`what` of `check` must have its source available; {thing.__name__} has none.")


def _globals(text: str) -> list[str]:
    """Names that the text looks up outside itself, sorted."""
    tables = [symtable(text, "", "exec")]
    found = set()
    for table in tables:
        tables += table.get_children()
        found |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() or symbol.is_referenced()}
    return sorted(found)
