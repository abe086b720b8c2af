"""``byhand practice``: exercises to write by hand, bug hunts, exams, and the progress in them."""

from __future__ import annotations

import json
from math import inf
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from byhand.cli._commands import Lang
from byhand.cli._completion import exercises as known_exercises
from byhand.cli._completion import libraries
from byhand.cli._output import write_whole
from byhand.cli._terminal import STOPPED, WRONG, console, failure, reason, unknown
from byhand.cli._texts import say
from byhand.judge.visible import visible

if TYPE_CHECKING:
    from byhand.practice.exercises import Exercise
    from byhand.practice.progress import Progress

SEEDS = 2**32 - 1


def practice(
    exercise: Annotated[str | None, typer.Argument(metavar="EXERCISE", autocompletion=known_exercises)] = None,
    web: Annotated[bool, typer.Option("--web")] = False,
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, show_default=False)] = 0,
    every: Annotated[bool, typer.Option("--list")] = False,
    watch: Annotated[bool, typer.Option("--watch")] = False,
    hint: Annotated[int | None, typer.Option("--hint", metavar="0-3", min=0, max=3, show_default=False)] = None,
    solution: Annotated[bool, typer.Option("--solution")] = False,
    reset: Annotated[bool, typer.Option("--reset")] = False,
    hunt: Annotated[bool, typer.Option("--hunt")] = False,
    exam: Annotated[int | None, typer.Option("--exam", metavar="N", min=1, max=99, show_default=False)] = None,
    minutes: Annotated[float, typer.Option("--minutes", metavar="MINUTES")] = 60.0,
    export: Annotated[str | None, typer.Option("--export", metavar="PATH")] = None,
    library: Annotated[str, typer.Option("--library", metavar="LIBRARY", autocompletion=libraries)] = "",
    out: Annotated[str | None, typer.Option("--out", metavar="DIR")] = None,
    as_notebook: Annotated[bool, typer.Option("--notebook")] = False,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", min=0, max=SEEDS)] = None,
    lang: Lang = "",
) -> None:
    """Write a blank exercise, or do what one of the options says."""
    from byhand.cli._practice.counting import kept

    modes = {"--list": every, "--watch": watch, "--hint": hint is not None, "--solution": solution, "--reset": reset}
    modes |= {"--web": web, "--hunt": hunt, "--exam": exam is not None, "--export": export is not None}
    mode = _mode([option for option, given in modes.items() if given], exercise)
    if not 0 < minutes < inf:
        raise failure("minutes must be", got=f"{minutes:g}")
    if web:
        from byhand.cli._practice.serving import serve_page

        serve_page(port)
        return
    folder = Path(out) if out is not None else None
    drawn = seed if seed is not None else SystemRandom().randrange(SEEDS)
    try:
        with kept() as progress:
            used = _library(library, progress)
            if exam is not None:
                from byhand.cli._practice.examining import exam as examine

                raise typer.Exit(0 if examine(exam, minutes, used, folder, drawn, progress) else WRONG)
            if export is not None:
                _export(Path(export), progress)
            elif mode == "--hunt":
                from byhand.cli._practice.hunting import hunt as hunting

                raise typer.Exit(0 if hunting(_formula(exercise), used, folder or Path(), drawn, progress) else WRONG)
            else:
                asked = _named(exercise) if exercise is not None else None
                _work(asked, mode, hint, used, folder or Path(), as_notebook, progress)
    except KeyboardInterrupt:
        raise typer.Exit(STOPPED) from None
    except OSError as error:
        raise failure("no progress", path=error.filename, why=reason(error)) from None


def _mode(chosen: list[str], exercise: str | None) -> str:
    """The option that says what to do, "" if none does; refuses combinations that make no sense."""
    if len(chosen) > 1:
        raise failure("one mode", first=chosen[0], second=chosen[1])
    mode = chosen[0] if chosen else ""
    if exercise is not None and mode in ("--web", "--list", "--exam", "--export"):
        raise failure("no exercise with", mode=mode, got=exercise)
    if exercise is None and mode in ("--hint", "--solution", "--reset"):
        raise failure("exercise with", mode=mode)
    return mode


def _work(
    exercise: Exercise | None,
    mode: str,
    hint: int | None,
    library: str,
    folder: Path,
    as_notebook: bool,
    progress: Progress,
) -> None:
    """What concerns exercises: the list, watching, and files of one."""
    if mode == "--list":
        from byhand.cli._practice.listing import show_list

        show_list(progress)
    elif mode == "--watch":
        from byhand.cli._practice.watching import watch

        watch(exercise, library, folder, progress)
    elif exercise is None:
        _bare(progress)
    else:
        _one(exercise, mode, hint, library, folder, as_notebook, progress)


def _bare(progress: Progress) -> None:
    """Without exercise and option: where one stands and what leads on, or the page, if it can be opened here."""
    from byhand.cli._practice.listing import show_standing
    from byhand.cli._practice.serving import can_open, serve_page

    show_standing(progress)
    if console().is_terminal and can_open():
        serve_page(0)


def _one(
    exercise: Exercise,
    mode: str,
    hint: int | None,
    library: str,
    folder: Path,
    as_notebook: bool,
    progress: Progress,
) -> None:
    """What concerns one exercise: its file, its solution, its hints."""
    from byhand.cli._practice import writing

    out = console()
    if mode == "--solution":
        writing.show_solution(exercise, library)
    elif hint is not None:
        writing.show_hints(exercise, library, hint)
    elif mode == "--reset":
        path, old = writing.reset(exercise, library, folder, as_notebook, progress)
        if old is not None:
            out.print(say("moved", path=visible(str(old))), markup=False, soft_wrap=True)
        out.print(say("written", path=visible(str(path))), markup=False, soft_wrap=True)
    else:
        path = writing.write_blank(exercise, library, folder, as_notebook, progress)
        out.print(say("written", path=visible(str(path))), markup=False, soft_wrap=True)
        out.print(Text(say("write your code", id=exercise.id, path=visible(str(path))), "dim"), soft_wrap=True)


def _library(given: str, progress: Progress) -> str:
    """The library of the option; without it, the one of the last exercise, at first torch."""
    from byhand.practice.exercises import LIBRARIES

    if given and given not in LIBRARIES:
        raise unknown("--library", "practice", given, LIBRARIES)
    last = (progress.get("current") or "").rpartition(" ")[2]
    return given or (last if last in LIBRARIES else LIBRARIES[0])


def _named(name: str) -> Exercise:
    from byhand.practice.exercises import exercise, exercises

    try:
        return exercise(name)
    except KeyError:
        raise unknown("EXERCISE", "practice", name, [one.id for one in exercises()]) from None


def _formula(name: str | None) -> str:
    """The formula to hunt in; "" for all."""
    from byhand.judge.diagnosis.clinic import FORMULAS, formula_named

    if name is None:
        return ""
    found = formula_named(name.partition("/")[0])
    if not found:
        raise unknown("EXERCISE", "practice", name, FORMULAS)
    return found


def _export(path: Path, progress: Progress) -> None:
    try:
        write_whole(path, json.dumps(progress.export(), ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise failure("no export", got=path, why=reason(error)) from None
    console().print(say("exported", path=visible(str(path))), markup=False, soft_wrap=True)
