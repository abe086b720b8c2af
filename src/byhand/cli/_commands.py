"""What all commands share: help, usage and errors in the language that is spoken, and an output that arrives."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from byhand.cli._completion import install_or_show
from byhand.cli._terminal import NOBODY_READS, failure, meant, reason, unknown
from byhand.cli._texts import LANGUAGES, TEXTS, describe, say, speak, spoken
from byhand.judge.visible import visible

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}
"""Why output is not written: as a rule a full disk."""


def _language(ctx: typer.Context, given: str) -> str:
    """What is spoken already, since :func:`byhand.cli._texts.speak` has seen the line; unless it is no language."""
    if given and given not in LANGUAGES and not ctx.resilient_parsing:
        raise unknown("--lang", str(ctx.command.name), given, LANGUAGES)
    return spoken()


Lang = Annotated[
    str,
    typer.Option(
        "--lang",
        metavar="|".join(LANGUAGES),
        callback=_language,
        show_default=False,
        autocompletion=lambda: list(LANGUAGES),
    ),
]
"""The option ``--lang``, which byhand and each command have."""


class _Spoken:
    """What commands and the group of them have in common."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """All that ``--help`` shows."""
        from byhand.cli._help import help_text

        formatter.write(help_text(self, ctx))

    def get_help_option(self, ctx: Any) -> Any:
        """``--help``."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        option.help = say("help")
        return option

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what was typed; an error of typer's becomes a sentence of ours, as far as its kind is known here."""
        try:
            return super().parse_args(ctx, args)  # type: ignore[misc, no-any-return]
        except Exception as error:
            if isinstance(message := getattr(error, "message", None), str):
                _refuse(error, ctx)
                error.message = visible(message, keep="\n")  # type: ignore[attr-defined]
            raise


class Command(_Spoken, TyperCommand):
    """A command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what was typed, and refuse what is too much."""
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise failure("too many", command=self.name, got=" ".join(rest))
        return rest


class Commands(_Spoken, TyperGroup):
    """All commands."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **more: Any) -> Any:
        """Find out the language, and read what was typed."""
        speak(args)
        _describe_all(self)
        return super().make_context(info_name, args, parent, **more)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is named."""
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None:
            raise unknown("COMMAND", "byhand", args[0], self.commands)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Do it; what does not reach the reader of the output is no success."""
        with printing():
            return super().invoke(ctx)


def _describe_all(group: Any) -> None:
    """Put the language that is spoken where typer looks: for usage, and for the descriptions that shells complete."""
    group.subcommand_metavar = say("command [args]")
    for command in (group, *group.commands.values()):
        command.short_help, command.options_metavar = say(command.name).partition("\n\n")[0], say("[options]")
        for param in command.params:
            param.help = describe(command.name, param.name)
            if param.name in ("install_completion", "show_completion"):
                param.callback = install_or_show


def _refuse(error: Any, ctx: Any) -> None:
    """Raise the failure that stands for an error of typer's; none does for a kind that is not known here."""
    command, param, option = ctx.command.name, getattr(error, "param", None), getattr(error, "option_name", "")
    options = {name: one for one in ctx.command.get_params(ctx) for name in one.opts if name.startswith("--")}
    match type(error).__name__:
        case "NoSuchOption":
            fill = {"got": option, "meant": meant(option, options), "line": ctx.command_path}
            raise failure("no option", command=command, **fill) from None
        case "BadOptionUsage":
            key = "a flag" if option in options and options[option].is_flag else "no value"
            raise failure(key, argument=option, command=command) from None
        case "MissingParameter" if param:
            raise failure("missing", argument=param.metavar, command=command, help=param.help) from None
        case "BadParameter" if param and (key := f"{param.metavar} must be") in TEXTS:
            raise failure("must be", argument=param.opts[0], command=command, what=say(key)) from None


@contextmanager
def printing() -> Iterator[None]:
    """Whatever is printed inside has been written in the end; if it can't be, that is said in a sentence."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
        raise typer.Exit(NOBODY_READS) from None
    except OSError as error:
        if error.errno not in _NO_ROOM or error.filename is not None:
            raise
        _forget_output()
        raise failure("output", why=reason(error)) from None


def _forget_output() -> None:
    """What is still to be printed goes nowhere, so that Python's own end does not fail on it."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
