"""Tab completion: values that typer does not know, and messages that typer has only in English."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import typer
from typer import completion

from byhand.cli._terminal import console, failure, reason
from byhand.cli._texts import say, spoken

VARIABLE = "_BYHAND_COMPLETE"
"""Environment variable that a shell sets when it asks for completions, for example to "complete_bash"."""
SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")
_CUT = re.compile(r"\n=(?:\n(.*))?\Z")

_value_alone = False
"""Whether only the part after = in NAME=TASK is completed."""


def read_bash() -> None:
    """Join what bash has split: to bash, NAME=TASK is three words, and it completes the last one."""
    global _value_alone
    _value_alone = False
    if os.environ.get(VARIABLE) != "complete_bash":
        return
    words, position = os.environ.get("COMP_WORDS", ""), os.environ.get("COMP_CWORD", "")
    if not position.isdecimal():
        return
    line = "\n".join(words.split("\n")[: int(position) + 1])
    if cut := _CUT.search(line):
        before, _, name = line[: cut.start()].rpartition("\n")
        _value_alone = not name.startswith("-")
        line = f"{before if _value_alone else line[: cut.start()]}\n{cut[1] or ''}"
    line = line.replace("\n=\n", "=")
    os.environ |= {"COMP_WORDS": line, "COMP_CWORD": str(line.count("\n"))}


def tasks(incomplete: str) -> list[str]:
    """For ``--as``: NAME= followed by each task."""
    from byhand.judge.diagnosis.clinic import FORMULAS

    name, equals, _ = incomplete.rpartition("=")
    return [name + equals + task for task in FORMULAS] if equals or _value_alone else []


def formulas() -> list[str]:
    """For ``show``."""
    from byhand.judge.diagnosis.clinic import FORMULAS

    return list(FORMULAS)


def exercises() -> list[str]:
    """For ``practice``."""
    from byhand.practice.exercises import exercises

    return [one.id for one in exercises()]


def libraries() -> list[str]:
    """For ``--library``."""
    from byhand.practice.exercises import LIBRARIES

    return list(LIBRARIES)


def mistakes(ctx: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """For ``explain``: pages with their titles, by id; by name if no id starts with the typed text."""
    from byhand.judge.diagnosis.clinic import FORMULAS, all_pages

    if ctx.params.get("every"):
        yield from ((formula, "") for formula in FORMULAS)
        return
    pages = list(all_pages())
    by_id = any(page.id.startswith(incomplete) for page in pages)
    for page in pages:
        yield page.id if by_id else page.name, page.text(spoken()).title


def install_or_show(ctx: typer.Context, param: typer.CallbackParam, wanted: Any) -> Any:
    """The callback of ``--install-completion`` and ``--show-completion``."""
    if not wanted or ctx.resilient_parsing:
        return wanted
    shell = wanted if isinstance(wanted, str) else _shell()
    if shell not in SHELLS:
        raise failure("no shell" if shell else "shell unknown", known=say("comma").join(SHELLS), got=shell)
    if param.name == "show_completion":
        script = completion.get_completion_script  # type: ignore[attr-defined]
        print(script(prog_name="byhand", complete_var=VARIABLE, shell=shell))
        raise typer.Exit
    try:
        install = completion.install  # type: ignore[attr-defined]
        _, path = install(shell=shell, prog_name="byhand", complete_var=VARIABLE)
    except OSError as error:
        raise failure("not installed", shell=shell, why=reason(error)) from None
    console().print(say("installed", shell=shell, path=path), markup=False, soft_wrap=True)
    raise typer.Exit


def _shell() -> str:
    from shellingham import ShellDetectionFailure, detect_shell

    try:
        return str(detect_shell()[0])
    except ShellDetectionFailure:
        return ""
