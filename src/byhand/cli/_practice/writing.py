"""Blank exercises as files, never over an existing one; and the solutions and hints that are printed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from secrets import token_hex

import typer
from rich.syntax import Syntax
from rich.text import Text

from byhand.cli._output import output_folder
from byhand.cli._terminal import console, failure, reason
from byhand.cli._texts import say, spoken
from byhand.practice.blanks import blank, notebook
from byhand.practice.exercises import HINTS, Exercise
from byhand.practice.progress import Progress


def write_blank(exercise: Exercise, library: str, folder: Path, as_notebook: bool, progress: Progress) -> Path:
    """Write a blank exercise to a new file, and remember where."""
    text = notebook(exercise, library, spoken()) if as_notebook else blank(exercise, library, spoken())
    path = folder / f"{exercise.name}{'.ipynb' if as_notebook else '.py'}"
    write_new(path, text)
    progress.place(exercise.id, library, str(path.absolute()))
    progress.put("current", f"{exercise.id} {library}")
    return path


def reset(
    exercise: Exercise, library: str, folder: Path, as_notebook: bool, progress: Progress
) -> tuple[Path, Path | None]:
    """Write a blank exercise again; the file that was there gets a number. Returns the new path, and the old file's."""
    path = folder / f"{exercise.name}{'.ipynb' if as_notebook else '.py'}"
    old = None
    if path.exists():
        old = next(free for n in count(1) if not (free := path.with_stem(f"{path.stem}_{n}")).exists())
        try:
            os.rename(path, old)
        except OSError as error:
            raise failure("not written", path=old, why=reason(error)) from None
    try:
        write_blank(exercise, library, folder, as_notebook, progress)
    except typer.Exit:
        if old is not None:
            os.rename(old, path)
        raise
    progress.reset(exercise.id)
    return path, old


def write_new(path: Path, text: str) -> None:
    """Write a new file, whole or not at all; a file that is already there stays, and ends the command."""
    try:
        with output_folder(path.parent, path.name):
            part = path.with_name(f".byhand-{token_hex(8)}")
            try:
                part.write_text(text, encoding="utf-8")
                _link(part, path, text)
            finally:
                part.unlink(missing_ok=True)
    except FileExistsError:
        raise failure("exists already", path=path) from None
    except OSError as error:
        raise failure("not written", path=path, why=reason(error)) from None


def _link(part: Path, path: Path, text: str) -> None:
    """Give a written file its name, in one step that fails if there is such a file."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        with path.open("x", encoding="utf-8") as file:
            file.write(text)


def write_folder(folder: Path, texts: Mapping[str, str]) -> None:
    """Write a new folder of files, whole or not at all; one that is already there must be empty."""
    part = folder.with_name(f".byhand-{token_hex(8)}")
    try:
        with output_folder(folder.parent, part.name):
            try:
                part.mkdir()
                for name, text in texts.items():
                    (part / name).write_text(text, encoding="utf-8")
                os.rename(part, folder)
            finally:
                shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise failure("not written", path=folder, why=reason(error)) from None


def show_solution(exercise: Exercise, library: str) -> None:
    """Print the reference in a library."""
    out, program = console(), exercise.solution(library).strip()
    if out.color_system is None:
        out.print(Text(program), soft_wrap=True)
    else:
        out.print(Syntax(program, "python", theme="ansi_dark", background_color="default"))
    out.print()
    out.print(Text(say("the formula itself", formula=exercise.formula), "dim"), soft_wrap=True)


def show_hints(exercise: Exercise, library: str, last: int) -> None:
    """Print the hints up to number ``last``."""
    out = console()
    for level in range(min(last + 1, HINTS)):
        out.print(Text(say("hint number", n=level), "bold"))
        for line in exercise.hint(level, spoken(), library).split("\n"):
            out.print(Text(f"  {line}"), soft_wrap=True)
