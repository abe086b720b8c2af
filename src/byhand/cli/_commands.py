"""Common to all commands: help, usage and errors in the user's language, and output errors."""

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
"""Reason when the output cannot be written: usually a full disk."""


def _language(ctx: typer.Context, given: str) -> str:
    """The current language, which :func:`byhand.cli._texts.speak` already read; an unknown one is refused."""
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
"""The option ``--lang``, of byhand and of each command."""


class _Spoken:
    """Common behaviour of commands and of the command group."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the text of ``--help``."""
        from byhand.cli._help import help_text

        formatter.write(help_text(self, ctx))

    def get_help_option(self, ctx: Any) -> Any:
        """The option ``--help``."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        option.name, option.help = "help", say("help")  # the name differs between versions of click
        return option

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments; known errors of typer become sentences of byhand."""
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
        """Parse the arguments, and refuse surplus ones."""
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise failure("too many", command=self.name, got=" ".join(rest))
        return rest


class Commands(_Spoken, TyperGroup):
    """The group of all commands."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **more: Any) -> Any:
        """Choose the language, then parse the arguments."""
        speak(args)
        _describe_all(self)
        return super().make_context(info_name, args, parent, **more)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the named command."""
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None:
            raise unknown("COMMAND", "byhand", args[0], self.commands)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command. It fails if its output could not be written."""
        with printing():
            return super().invoke(ctx)


def _describe_all(group: Any) -> None:
    """Set all descriptions in the user's language, for usage and shell completion."""
    group.subcommand_metavar = say("command [args]")
    for command in (group, *group.commands.values()):
        command.short_help, command.options_metavar = say(command.name).partition("\n\n")[0], say("[options]")
        for param in command.params:
            param.help = describe(command.name, param.name)
            if param.name in ("install_completion", "show_completion"):
                param.callback = install_or_show


def _refuse(error: Any, ctx: Any) -> None:
    """Raise byhand's error for a typer error; does nothing for unknown kinds."""
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
    """Flush everything that is printed inside; if that fails, exit with an error message."""
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
    """Redirect pending output to the null device, so that Python does not fail on it at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
