"""A report as an HTML page, or as the fragment that a notebook shows. Neither needs any other file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files

from markdown_it import MarkdownIt

from byhand.judge.diagnosis import clinic
from byhand.judge.model import Report
from byhand.judge.reporting import mathml, site
from byhand.judge.reporting.highlight import line_html
from byhand.judge.reporting.report import (
    FORMULA,
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
from byhand.judge.reporting.terminal import SIGNS
from byhand.judge.reporting.texts import PHRASES
from byhand.judge.reporting.words import colon, say
from byhand.judge.visible import visible

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@cache
def style() -> str:
    """The style sheet of reports, as an element."""
    return f"<style>{files('byhand.judge.reporting').joinpath('page.css').read_text('utf-8')}</style>"


def page(report: Report, lang: str = "en", hint: int = PLACE) -> str:
    """A complete HTML page."""
    name = escape(visible(report.program.file))
    shown = list(sections(report, lang, hint, full=True))
    top = f"<header><h1>{name}</h1>{_total(report, lang)}{_contents(shown)}</header>" if shown else f"<h1>{name}</h1>"
    return document(f"{visible(report.program.file)} · byhand", _body(report, shown, lang, hint, top), lang)


def part(report: Report, lang: str = "en", hint: int = PLACE) -> str:
    """The fragment that a notebook shows, in the notebook's own fonts and colours."""
    shown = list(sections(report, lang, hint, full=True))
    return _body(report, shown, lang, hint, _total(report, lang))


def document(title: str, body: str, lang: str) -> str:
    """An HTML document; ``body`` brings its own style."""
    code = "zh-CN" if lang == "zh" else "en"
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(title)}</title>'
    )
    return f'<!doctype html>\n<html lang="{code}" class="byhand-page"><head>{head}</head>\n<body>{body}</body></html>\n'


def _body(report: Report, shown: list[Section], lang: str, hint: int, top: str) -> str:
    left_out = [line for line in (*problems(report, lang), unrecognised(report, lang), formulas(report, lang)) if line]
    blocks = [
        f'{style()}\n<div class="byhand">{top}',
        *(_section(section, number, lang, hint) for number, section in enumerate(shown, 1)),
        *(f'<p class="dim">{escape(line)}</p>' for line in left_out),
        f'<footer class="dim">byhand · {escape(how(report, lang))} · {report.seconds:.1f} s</footer></div>',
    ]
    return "\n".join(blocks)


def _total(report: Report, lang: str) -> str:
    return f'<p class="total">{escape(total(report, lang) or say(PHRASES, "nothing", lang))}</p>'


def _contents(shown: list[Section]) -> str:
    """A link to each section, with its verdict."""
    links = (
        f'<li class="{section.verdict}"><a href="#d{number}"><i>{SIGNS[section.verdict][0]}</i> '
        f"{escape(section.name)}</a></li>"
        for number, section in enumerate(shown, 1)
    )
    return f"<nav><ul>{''.join(links)}</ul></nav>"


def _section(section: Section, number: int, lang: str, hint: int) -> str:
    about = " · ".join(escape(text) for text in section.about)
    head = (
        f'<h2><span class="verdict">{SIGNS[section.verdict][0]} {escape(section.verdict_text)}</span> '
        f'{escape(section.name)} <span class="dim">{about}</span></h2>'
    )
    blocks = [f'<section class="{section.verdict}" id="d{number}">{head}']
    if section.stopped:
        blocks += [f"<p>{escape(section.stopped)}</p>", _code(section.code)]
    for note in section.notes:
        blocks += _note(note, lang) if note.kind != "convention" else ()
    blocks.append(f'<div class="more">{"".join(_more(section, lang, hint))}</div></section>')
    return "\n".join(blocks)


def _more(section: Section, lang: str, hint: int) -> Iterator[str]:
    """What a section keeps folded: conventions, the formula, the calling convention."""
    yield from (_convention(note, lang) for note in section.notes if note.kind == "convention")
    if section.verdict not in ("right", "convention", "library", "todo") and section.formula:
        is_open = " open" if hint >= FORMULA else ""
        title = escape(say(PHRASES, "the formula", lang))
        math = mathml.formula(section.formula)
        yield f'<details{is_open}><summary>{title}</summary><div class="math">{math}</div></details>'
    if section.convention:
        yield _folded(say(PHRASES, "how called", lang), f"<p>{escape(section.convention)}</p>")


def _convention(note: Note, lang: str) -> str:
    place = f' <span class="dim">{escape(note.place)}</span>' if note.place else ""
    return f"<details><summary>{escape(note.title)}{place}</summary>{''.join(_parts(note, lang))}</details>"


def _note(note: Note, lang: str) -> Iterator[str]:
    place = f' <span class="dim">{escape(note.place)}</span>' if note.place else ""
    if note.title:
        yield f"<h3>{escape(note.title)}{place}</h3>"
    elif place:
        yield f"<p>{place}</p>"
    yield from _parts(note, lang)


def _parts(note: Note, lang: str) -> Iterator[str]:
    if note.code:
        yield _code(note.code)
    if note.summary:
        yield f"<p>{_prose(note.summary)}</p>"
    if note.yours:
        yield f"<p>{escape(note.where)}{colon(lang).rstrip()}</p>" if note.where else ""
        rows = (
            f'<tr class="{label}"><th scope="row">{escape(say(PHRASES, label, lang))}</th><td>{escape(value)}</td></tr>'
            for label, value in (("yours", note.yours), ("formula", note.formula))
        )
        yield f'<table class="numbers">{"".join(rows)}</table>'
    if note.hint:
        yield f'<p class="hint">{_prose(note.hint)}</p>'
    if note.fix:
        yield _corrected(note.fix)
    if note.id:
        yield _folded(say(PHRASES, "why", lang), _explanation(note.id, lang) + _whole(note.id, lang), note.id)


def _folded(title: str, body: str, aside: str = "") -> str:
    beside = f' <code class="dim">{escape(aside)}</code>' if aside else ""
    return f"<details><summary>{escape(title)}{beside}</summary>{body}</details>"


@cache
def _explanation(id: str, lang: str) -> str:
    """The page of a mistake or convention, without its first paragraph, which the report has."""
    _, _, rest = clinic.page(id).text(lang).flowing.partition("\n\n")
    html: str = _MARKDOWN.render(rest)
    return f'<div class="explanation">{html}</div>'


def _whole(id: str, lang: str) -> str:
    """A link to the page in the site, if that is published: a report may be opened on another machine."""
    url = site.published(id, lang)
    return f'<p><a href="{escape(url)}">{escape(say(PHRASES, "whole page", lang))}</a></p>' if url else ""


def _prose(text: str) -> str:
    """Code between backticks as HTML."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _corrected(lines: tuple[str, ...]) -> str:
    """The learner's lines after "-", and what to write instead after "+"."""
    rows = (
        f'<span class="row {"new" if line[0] == "+" else "old"}"><i>{line[0]}</i>'
        f"<span>{line_html(line[2:].rstrip(), None)}</span></span>"
        for line in lines
    )
    return f"<pre>{''.join(rows)}</pre>"


def _code(lines: tuple[CodeLine, ...]) -> str:
    rows = (
        f'<span class="{"row marked" if line.marked else "row"}"><i>{line.number}</i>'
        f"<span>{line_html(line.text.rstrip(), line.marked)}</span></span>"
        for line in lines
    )
    return f"<pre>{''.join(rows)}</pre>" if lines else ""
