"""A report on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.containers import Lines
from rich.padding import Padding
from rich.style import Style
from rich.text import Text

from byhand.judge.model import Report
from byhand.judge.reporting import site
from byhand.judge.reporting.report import (
    PLACE,
    CodeLine,
    Note,
    Section,
    formulas,
    how,
    problems,
    sections,
    total,
    unrecognised,
)
from byhand.judge.reporting.texts import PHRASES
from byhand.judge.reporting.words import colon, comma, say

SIGNS = {
    "right": ("✓", "green"),
    "convention": ("✓", "green"),
    "library": ("=", "cyan"),
    "fragile": ("!", "yellow"),
    "mistaken": ("✗", "red"),
    "unknown": ("✗", "red"),
    "stopped": ("✗", "red"),
    "todo": ("…", "cyan"),
    "blocked": ("?", "magenta"),
    "ours": ("?", "magenta"),
    "unrecognised": ("?", "magenta"),
}


_WIDE = "\u2e80-\u9fff\uff00-\uffef"
_PIECE = re.compile(rf"[（《「]*(?:[{_WIDE}]|[^\s{_WIDE}]+)[，。；：、）》」！？…]*\s*|\s+")
"""The unbreakable pieces of a line: a word, or a Chinese character with its punctuation."""


class Prose(Text):
    """Text that is also wrapped between Chinese characters, where there is no space."""

    def wrap(self, console: Console, width: int, **how: Any) -> Lines:
        """Wrap the text."""
        if how.get("no_wrap") or self.no_wrap or any(cell_len(piece) > width for piece in _PIECE.findall(self.plain)):
            return super().wrap(console, width, **how)
        lines = Lines()
        for line in self.split(allow_blank=True):
            breaks, used = [], 0
            for piece in _PIECE.finditer(line.plain):
                if used + cell_len(piece[0].rstrip()) > width:
                    breaks.append(piece.start())
                    used = 0
                used += cell_len(piece[0])
            lines.extend(line.divide(breaks))
        for line in lines:
            line.rstrip()
        return lines


def show(console: Console, report: Report, lang: str = "en", hint: int = PLACE, full: bool = False) -> None:
    """Print a report; in a file or a pipe without trailing blanks. ``full`` explains conventions too."""
    parts = list(sections(report, lang, hint, full))
    more = say(PHRASES, "folded", lang) if any(section.folded for section in parts) and not report.live else ""
    read = formulas(report, lang) if full else ""
    with console.capture() as capture:
        for section in parts:
            console.print(section_text(section, lang))
        for line in (*problems(report, lang), unrecognised(report, lang), read, more):
            if line:
                console.print(Prose(line, "dim"), soft_wrap=False)
        console.print(last_line(report, lang))
    text = capture.get()
    console.file.write(text if console.is_terminal else re.sub(r"[ ]+$", "", text, flags=re.MULTILINE))


def section_text(section: Section, lang: str) -> RenderableType:
    """The text about one definition."""
    sign, style = SIGNS[section.verdict]
    head = Prose.assemble((f"{sign} ", style), (section.name, "bold"), "  ", (section.verdict_text, style))
    head.append(f"  {comma(lang).join(section.about)}", "dim")
    parts: list[RenderableType] = [head]
    if section.convention:
        parts.append(Padding(Prose(section.convention, "dim"), (0, 0, 0, 2)))
    if section.stopped:
        parts += [Padding(Prose(section.stopped), (0, 0, 0, 2)), Padding(_Code(section.code), (0, 0, 0, 4))]
    for note in section.notes:
        parts += [Padding(part, (0, 0, 0, 2)) for part in _note(note, lang)]
    if section.folded:
        parts.append(Padding(Prose(section.folded, "dim"), (0, 0, 0, 2)))
    return Group(*parts, Text())


def _note(note: Note, lang: str) -> Iterator[RenderableType]:
    if note.title or note.place:
        yield Prose.assemble((note.title, "bold"), "  " if note.title else "", (note.place, "dim"))
    if note.code:
        yield Padding(_Code(note.code), (0, 0, 0, 2))
    if note.summary:
        yield Prose(note.summary)
    if note.yours:
        if note.where:
            yield Prose(f"{note.where}{colon(lang).rstrip()}")
        labels = (say(PHRASES, "yours", lang), say(PHRASES, "formula", lang))
        width = max(Text(label).cell_len for label in labels)
        for label, number, style in zip(labels, (note.yours, note.formula), ("red", "green"), strict=True):
            gap = " " * (width - Text(label).cell_len + 2)
            yield Padding(Text.assemble((label, "dim"), gap, (number, style)), (0, 0, 0, 2))
    if note.hint:
        yield Prose(note.hint)
    if note.fix:
        yield Padding(_Corrected(note.fix), (0, 0, 0, 2))
    if note.id:
        linked = Style(dim=True, link=site.address(note.id, lang) or None)
        yield Text(say(PHRASES, "explain", lang, id=note.id), linked)


@dataclass(frozen=True)
class _Code:
    """The learner's lines, wrapped where they are too long, with carets under what is marked."""

    lines: tuple[CodeLine, ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        width = max((len(str(line.number)) for line in self.lines), default=0)
        room = max(options.max_width - width - 3, 1)
        for line in self.lines:
            gutter, style = f"{line.number:>{width}} │ ", "" if line.marked else "dim"
            for start, end in _pieces(line.text.rstrip(), room):
                yield _row(gutter, line.text[start:end], style)
                gutter = " " * width + " │ "
                first, last = (min(max(column, start), end) for column in line.marked or (0, 0))
                if first < last:
                    blank, marked = cell_len(line.text[start:first]), cell_len(line.text[first:last])
                    yield _row(gutter, " " * blank + "^" * marked, "red")


@dataclass(frozen=True)
class _Corrected:
    """The learner's lines after "- ", and what to write instead after "+ ", wrapped where they are too long."""

    lines: tuple[str, ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        room = max(options.max_width - 2, 1)
        for line in self.lines:
            sign, text, style = line[:2], line[2:].rstrip(), "green" if line.startswith("+") else "red"
            for start, end in _pieces(text, room):
                yield Text(sign + text[start:end], style, no_wrap=True, overflow="crop")
                sign = "  "


def _row(gutter: str, text: str, style: str) -> Text:
    return Text.assemble((gutter, "dim"), (text, style), no_wrap=True, overflow="crop")


def _pieces(text: str, room: int) -> Iterator[tuple[int, int]]:
    """The columns of a text's pieces, each at most ``room`` cells wide and, where possible, ending at a space."""
    start = 0
    while cell_len(text[start:]) > room:
        end = start + 1
        while cell_len(text[start : end + 1]) <= room:
            end += 1
        space = text.rfind(" ", start, end)
        end = space + 1 if text[start:space].strip() and space > start else end
        yield start, end
        start = end
    yield start, len(text)


def last_line(report: Report, lang: str) -> Text:
    """How many definitions have each verdict, and how it ran."""
    found = total(report, lang)
    if not found:
        return Prose(say(PHRASES, "nothing", lang))
    return Prose.assemble((found, "bold"), (f"  ({how(report, lang)}{comma(lang)}{report.seconds:.1f} s)", "dim"))
