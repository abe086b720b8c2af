"""A report on a terminal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.containers import Lines
from rich.padding import Padding
from rich.text import Text

from byhand.judge.model import Report
from byhand.judge.reporting.report import PLACE, CodeLine, Note, Section, how, problems, sections, unrecognised
from byhand.judge.reporting.texts import PHRASES, VERDICTS
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


def show(console: Console, report: Report, lang: str = "en", hint: int = PLACE) -> None:
    """Print a report; in a file or a pipe without trailing blanks."""
    with console.capture() as capture:
        for section in sections(report, lang, hint):
            console.print(section_text(section, lang))
        for line in (*problems(report, lang), unrecognised(report, lang)):
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
        parts += [Padding(Prose(section.stopped), (0, 0, 0, 2)), *_code(section.code)]
    for note in section.notes:
        parts += [Padding(part, (0, 0, 0, 2)) for part in _note(note, lang)]
    return Group(*parts, Text())


def _note(note: Note, lang: str) -> Iterator[RenderableType]:
    if note.title or note.place:
        yield Prose.assemble((note.title, "bold"), "  " if note.title else "", (note.place, "dim"))
    yield from _code(note.code)
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
    for line in note.fix:
        yield _one_line(Text(line, "green" if line.startswith("+") else "red"))
    if note.id:
        yield Text(say(PHRASES, "explain", lang, id=note.id), "dim")


def _code(lines: tuple[CodeLine, ...]) -> Iterator[RenderableType]:
    """The learner's lines, the marked one underlined; lines too long for the terminal are cut."""
    width = max((len(str(line.number)) for line in lines), default=0)
    for line in lines:
        style = "" if line.marked else "dim"
        yield _one_line(Text.assemble((f"{line.number:>{width}} │ ", "dim"), (line.text.rstrip(), style)))
        if line.marked:
            code = line.text.rstrip()
            blank = len(code) - len(code.lstrip())
            mark = "^" * (Text(code).cell_len - blank)
            yield _one_line(Text.assemble((" " * width + " │ ", "dim"), " " * blank, (mark, "red")))


def _one_line(text: Text) -> RenderableType:
    text.no_wrap, text.overflow = True, "ellipsis"
    return Padding(text, (0, 0, 0, 2))


def last_line(report: Report, lang: str) -> Text:
    """How many definitions have each verdict, and how it ran."""
    counts: Counter[str] = Counter(judgement.verdict for judgement in report.judgements)
    del counts["unrecognised"]
    if not counts and not any(judgement.stopped for judgement in report.judgements):
        return Prose(say(PHRASES, "nothing", lang))
    told = comma(lang).join(
        say(PHRASES, "count", lang, n=counts[verdict], what=say(VERDICTS, verdict, lang))
        for verdict in VERDICTS
        if counts[verdict]
    )
    return Prose.assemble(
        (told or say(VERDICTS, "not judged", lang), "bold"),
        (f"  ({how(report, lang)}{comma(lang)}{report.seconds:.1f} s)", "dim"),
    )
