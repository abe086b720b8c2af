"""A report on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from byhand.judge.model import Report
from byhand.judge.report import PLACE, CodeLine, Note, Section, how, problems, sections, unrecognised
from byhand.judge.words import PHRASES, VERDICTS, colon, say

SIGNS = {
    "right": ("✓", "green"),
    "convention": ("✓", "green"),
    "fragile": ("!", "yellow"),
    "mistaken": ("✗", "red"),
    "unknown": ("✗", "red"),
    "stopped": ("✗", "red"),
    "ours": ("?", "magenta"),
}


def show(console: Console, report: Report, lang: str = "en", hint: int = PLACE) -> None:
    """Print a report."""
    for section in sections(report, lang, hint):
        console.print(section_text(section, lang))
    for line in (*problems(report, lang), unrecognised(report, lang)):
        if line:
            console.print(Text(line, "dim"), soft_wrap=False)
    console.print(last_line(report, lang))


def section_text(section: Section, lang: str) -> RenderableType:
    """What is said of one definition."""
    sign, style = SIGNS[section.verdict]
    head = Text.assemble((f"{sign} ", style), (section.name, "bold"), "  ", (section.verdict_text, style))
    head.append(f"  {section.task}, {section.place}" if section.name != section.task else f"  {section.place}", "dim")
    parts: list[RenderableType] = [head]
    if section.convention:
        parts.append(Padding(Text(section.convention, "dim"), (0, 0, 0, 2)))
    if section.stopped:
        parts += [Padding(Text(section.stopped), (0, 0, 0, 2)), *_code(section.code)]
    for note in section.notes:
        parts += [Padding(part, (0, 0, 0, 2)) for part in _note(note, lang)]
    return Group(*parts, Text())


def _note(note: Note, lang: str) -> Iterator[RenderableType]:
    if note.title or note.place:
        yield Text.assemble((note.title, "bold"), "  " if note.title else "", (note.place, "dim"))
    yield from _code(note.code)
    if note.summary:
        yield Text(note.summary)
    if note.yours:
        yield Text(f"{note.where}{colon(lang).rstrip()}")
        labels = (say(PHRASES, "yours", lang), say(PHRASES, "formula", lang))
        width = max(Text(label).cell_len for label in labels)
        for label, number, style in zip(labels, (note.yours, note.formula), ("red", "green"), strict=True):
            gap = " " * (width - Text(label).cell_len + 2)
            yield Padding(Text.assemble((label, "dim"), gap, (number, style)), (0, 0, 0, 2))
    if note.hint:
        yield Text(note.hint)
    if note.id:
        yield Text(say(PHRASES, "explain", lang, id=note.id), "dim")


def _code(lines: tuple[CodeLine, ...]) -> Iterator[RenderableType]:
    """The learner's lines, the marked one underlined; what is too long for the terminal is cut."""
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
    """How many of what, and how it ran."""
    counts: Counter[str] = Counter(judgement.verdict for judgement in report.judgements)
    del counts["unrecognised"]
    if not counts:
        return Text(say(PHRASES, "nothing", lang))
    comma = "，" if lang == "zh" else ", "
    told = comma.join(f"{counts[verdict]} {say(VERDICTS, verdict, lang)}" for verdict in VERDICTS if counts[verdict])
    return Text.assemble((told, "bold"), (f"  ({how(report, lang)}{comma}{report.seconds:.1f} s)", "dim"))
