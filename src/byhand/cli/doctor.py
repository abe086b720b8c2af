"""``byhand doctor``: try small attacks on this machine, and report which layers hold."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from byhand.cli._commands import Lang
from byhand.cli._terminal import DONE, USAGE, console, in_words
from byhand.cli._texts import TEXTS, say

if TYPE_CHECKING:
    from byhand.sandbox.checkup import Checkup

VERSION = 1
"""Version of the ``--json`` output."""


def doctor(as_json: Annotated[bool, typer.Option("--json")] = False, lang: Lang = "") -> None:
    """Try small attacks on this machine, and report which layers hold."""
    from byhand.sandbox.checkup import examine

    checkup = examine()
    if as_json:
        table = {"version": VERSION} | asdict(checkup) | {"missing": list(map(str, checkup.missing))}
        print(json.dumps(table, ensure_ascii=False, indent=2))
    else:
        _show(checkup)
    raise typer.Exit(DONE if checkup.sealed else USAGE)


def _show(checkup: Checkup) -> None:
    """Print the table, and the verdict below it."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    out = console()
    if checkup.attempts:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for key in ("attack", "outcome", "by"):
            table.add_column(say(key))
        for attack in checkup.attempts:
            style, key = ("green", "attack stopped") if attack.stopped else ("bold red", "attack succeeded")
            layers = say("comma").join(say(layer) for layer in attack.by)
            table.add_row(say(attack.name), Text(say(key), style), layers)
        out.print(table)
    if checkup.layers:
        out.print(
            say("holds", layers=say("comma").join(say(layer) if layer in TEXTS else layer for layer in checkup.layers)),
            markup=False,
        )
    if checkup.versions:
        out.print(", ".join(f"{name} {version}" for name, version in checkup.versions.items()), markup=False)
    if checkup.sealed:
        out.print(Text(say("sealed"), "bold green"))
        return
    trouble = list(map(in_words, checkup.missing))
    trouble += [say("attacks succeed")] if not all(attack.stopped for attack in checkup.attempts) else []
    trouble += [say("honest")] if checkup.attempts and not checkup.honest else []
    out.print(Text(say("open", why=say("semicolon").join(trouble)), "bold red"), soft_wrap=True)
    out.print(say("ways"), markup=False, soft_wrap=True)
