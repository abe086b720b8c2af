"""The text of ``--help``: usage, description, and boxes of arguments, options and commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from byhand.cli._terminal import console
from byhand.cli._texts import describe, say
from byhand.judge.reporting.terminal import Prose

_CODE = re.compile(r"`([^`]+)`")
_BETWEEN_WIDE = re.compile("(?<=[\u2e80-\u9fff\uff00-\uffef])\n(?=[\u2e80-\u9fff\uff00-\uffef])")


def help_text(command: Any, ctx: Any) -> str:
    """The complete help text of a command."""
    out = console()
    with out.capture() as capture:
        pieces = command.collect_usage_pieces(ctx)
        out.print(Text.assemble((say("usage"), "yellow"), (" ".join([ctx.command_path, *pieces]), "bold")), end="\n\n")
        out.print(*_blocks(say(command.name)), sep="\n")
        params = command.get_params(ctx)
        for kind in ("argument", "option"):
            rows = [_row(command.name, param) for param in params if param.param_type_name == kind]
            if rows:
                out.print(_box(say(f"{kind}s"), rows))
        if commands := getattr(command, "commands", {}):
            out.print(_box(say("commands"), [(name, say(name).partition("\n\n")[0]) for name in commands]))
            out.print(*_blocks(say("epilogue")), sep="\n")
    return "\n".join(line.rstrip() for line in capture.get().split("\n"))


def _blocks(text: str) -> Iterator[Padding]:
    """Paragraphs, and lists with one item per line; a blank line after each."""
    for paragraph in text.strip().split("\n\n"):
        items = paragraph.split("\n- ") if paragraph.startswith("- ") else [paragraph]
        for item in items:
            last = (0, 0, item is items[-1], 0)
            if paragraph.startswith("- "):
                line = Table.grid(padding=(0, 1))
                line.add_row("  •", _prose(item.removeprefix("- ")))
                yield Padding(line, last)
            else:
                yield Padding(_prose(item), last)


def _prose(text: str) -> Text:
    """Text with styled `code`; line breaks become spaces, except in Chinese."""
    flowing = _BETWEEN_WIDE.sub("", text).replace("\n", " ")
    return Prose.assemble(*((part, "bold") if i % 2 else part for i, part in enumerate(_CODE.split(flowing))))


def _row(command: str, param: Any) -> tuple[str, str]:
    text = describe(command, param.name)
    if param.param_type_name == "argument":
        return param.metavar, text
    if param.default not in (None, "") and not param.is_flag:
        default = f"{param.default:g}" if isinstance(param.default, float) else str(param.default)
        text += say("default", default=default)
    names = ", ".join(sorted(param.opts, key=len))
    return (names if param.is_flag else f"{names} {param.metavar or ''}".rstrip()), text


def _box(title: str, rows: list[tuple[str, str]]) -> Panel:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(style="cyan", overflow="fold", max_width=32)
    table.add_column(ratio=1, overflow="fold")
    for name, text in rows:
        table.add_row(name, _prose(text))
    return Panel(table, title=title, title_align="left", border_style="dim")
