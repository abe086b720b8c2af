"""Blank exercises: the reference's signature and example, the statement, and ``# your code``."""

from __future__ import annotations

import ast
import json
import re
from unicodedata import east_asian_width

from byhand.practice.exercises import Exercise
from byhand.practice.headers import Header

__all__ = ["PLACE", "blank", "notebook"]

PLACE = "# your code"
"""The comment that stands where code is to be written."""
WIDTH = 96
"""Columns of the text in a blank; a Chinese character takes two."""
_PIECE = re.compile(r"`[^`]*`[，。；：、]?|[^\s\u2e80-\uffef`]+|[\u2e80-\uffef][，。；：、）]*|\s+")


def blank(exercise: Exercise, library: str, lang: str) -> str:
    """The script of a blank exercise. Its first line is its :class:`Header`."""
    head = Header("practice", exercise.id, library)
    body = _without_code(exercise, library, lang)
    imports = _imports(exercise, library)
    return "\n".join([str(head), '"""' + _statement(exercise, library, lang), '"""', "", *imports, body, ""])


def notebook(exercise: Exercise, library: str, lang: str) -> str:
    """The same as a Jupyter notebook, in its JSON form: the statement as Markdown, and a cell to write in."""
    head = Header("practice", exercise.id, library)
    code = "\n".join([str(head), *_imports(exercise, library)]) + "\n" + _without_code(exercise, library, lang)
    cells = [
        {
            "cell_type": "markdown",
            "id": "statement",
            "metadata": {},
            "source": _lines(exercise.statement(lang, library)),
        },
        {
            "cell_type": "code",
            "id": "your-code",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": _lines(code.rstrip("\n")),
        },
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    form = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(form, ensure_ascii=False, indent=1) + "\n"


def wrapped(text: str, indent: str = "") -> str:
    """A paragraph in lines of at most :data:`WIDTH` columns; Chinese breaks between any two characters."""
    lines, line, used = [], "", len(indent)
    for piece in _PIECE.findall(text):
        wide = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in piece)
        if used + wide > WIDTH and line.strip():
            lines.append((indent + line).rstrip())
            line, used = "", len(indent)
            piece = piece.lstrip()
        line += piece
        used += wide
    return "\n".join([*lines, (indent + line).rstrip()])


def _statement(exercise: Exercise, library: str, lang: str) -> str:
    """Title, task, arguments and formula, for the docstring of the file."""
    parts = [exercise.title(lang), wrapped(exercise.task(lang)), wrapped(exercise.form(lang, library))]
    return "\n\n".join([*parts, exercise.story(lang)])


def _imports(exercise: Exercise, library: str) -> list[str]:
    nodes = ast.parse(exercise.solution(library)).body
    lines = [ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    return [*lines, "", ""] if lines else [""]


def _without_code(exercise: Exercise, library: str, lang: str) -> str:
    """The reference's definition with ``# your code`` in place of each body."""
    node = exercise.definition(library)
    lines = exercise.solution(library).split("\n")
    methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
    functions: list[ast.FunctionDef] = [node] if isinstance(node, ast.FunctionDef) else methods
    out = []
    for function in functions:
        decorators = [one.lineno for one in function.decorator_list]
        first = min([function.lineno, *decorators])
        indent = " " * (function.col_offset + 4)
        if function is functions[0] and function is not node:
            out += [lines[node.lineno - 1], *_docstring(exercise, library, lang, "    ")]
        out += ["", *lines[first - 1 : function.lineno]] if function is not node else [lines[node.lineno - 1]]
        if function is node:
            out += _docstring(exercise, library, lang, indent)
        out += [f"{indent}{PLACE}", f"{indent}pass"]
    return "\n".join(out)


def _docstring(exercise: Exercise, library: str, lang: str, indent: str) -> list[str]:
    """The example; and above it the title, as a docstring begins with one."""
    example = [indent + line for line in exercise.example(library).split("\n")]
    stop = "" if lang == "zh" else "."
    return [f'{indent}"""{exercise.title(lang)}{stop}', "", *example, f'{indent}"""']


def _lines(text: str) -> list[str]:
    """A text as a notebook keeps it: a list of lines that keep their ends."""
    return text.splitlines(keepends=True)
