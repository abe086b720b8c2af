"""A report as an HTML page, or as the fragment that a notebook shows. It needs no other files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from byhand.judge.model import Report
from byhand.judge.reporting.report import PLACE, CodeLine, Note, Section, how, problems, sections, unrecognised
from byhand.judge.reporting.terminal import SIGNS, last_line
from byhand.judge.reporting.texts import PHRASES
from byhand.judge.reporting.words import colon, comma, say
from byhand.judge.visible import visible

STYLE = """
.byhand { font: 15px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 1rem auto; color: #1d2327; }
.byhand h2 { font-size: 1rem; margin: 1.4rem 0 .2rem; } .byhand h3 { font-size: 1rem; margin: .6rem 0 .2rem; }
.byhand section { border-left: 4px solid #8a929a; padding: .1rem 1rem .6rem; margin: 1rem 0; }
.byhand .right, .byhand .convention { border-color: #2e7d32; } .byhand .fragile { border-color: #b26a00; }
.byhand .mistaken, .byhand .unknown, .byhand .stopped { border-color: #b3261e; }
.byhand .dim { color: #667079; font-weight: normal; } .byhand p { margin: .3rem 0; }
.byhand pre { background: #f4f5f6; color: inherit; padding: .5rem .8rem; overflow-x: auto; font-size: .85rem; }
.byhand mark { background: #ffd9d4; color: inherit; display: inline-block; min-width: 100%; }
.byhand table { border-collapse: collapse; margin: .2rem 0 .4rem; }
.byhand code { background: #f4f5f6; padding: 0 .2rem; font-size: .85rem; }
.byhand td { padding: 0 1rem 0 0; text-align: left; }
@media (prefers-color-scheme: dark) { html.alone { background: #16191c; } html.alone .byhand { color: #e3e6e8; }
html.alone .byhand :is(pre, code) { background: #23282d; } html.alone .byhand mark { background: #6b2a24; } }
"""


def page(report: Report, lang: str = "en", hint: int = PLACE) -> str:
    """A complete HTML page."""
    return document(f"{visible(report.program.file)} · byhand", part(report, lang, hint), lang)


def document(title: str, body: str, lang: str) -> str:
    """An HTML document; ``body`` brings its own style."""
    code = "zh-CN" if lang == "zh" else "en"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    return f'<!doctype html>\n<html lang="{code}" class="alone"><head>{head}</head>\n<body>{body}</body></html>\n'


def part(report: Report, lang: str = "en", hint: int = PLACE) -> str:
    """The fragment for a page, with its style."""
    blocks = [
        f"<style>{STYLE}</style>",
        f'<div class="byhand"><h1 style="font-size:1.2rem">{escape(visible(report.program.file))}</h1>',
    ]
    blocks.append(f"<p>{escape(last_line(report, lang).plain)}</p>")
    blocks += [_section(section, lang) for section in sections(report, lang, hint)]
    blocks += [
        f'<p class="dim">{escape(line)}</p>' for line in (*problems(report, lang), unrecognised(report, lang)) if line
    ]
    blocks.append(f'<p class="dim">byhand · {escape(how(report, lang))}</p></div>')
    return "\n".join(blocks)


def _section(section: Section, lang: str) -> str:
    sign, _ = SIGNS[section.verdict]
    about = f"{section.verdict_text} · {comma(lang).join(section.about)}"
    head = f'{sign} {escape(section.name)} <span class="dim">{escape(about)}</span>'
    blocks = [f'<section class="{section.verdict}"><h2>{head}</h2>']
    if section.convention:
        blocks.append(f'<p class="dim">{escape(section.convention)}</p>')
    if section.stopped:
        blocks += [f"<p>{escape(section.stopped)}</p>", _code(section.code)]
    for note in section.notes:
        blocks += _note(note, lang)
    return "\n".join([*blocks, "</section>"])


def _note(note: Note, lang: str) -> Iterator[str]:
    if note.title:
        yield f'<h3>{escape(note.title)} <span class="dim">{escape(note.place)}</span></h3>'
    if note.code:
        yield _code(note.code)
    if note.summary:
        yield f"<p>{_prose(note.summary)}</p>"
    if note.yours:
        yield f"<p>{escape(note.where)}{colon(lang).rstrip()}</p>" if note.where else ""
        yield "<table>"
        for label, number in (("yours", note.yours), ("formula", note.formula)):
            yield f'<tr><td class="dim">{escape(say(PHRASES, label, lang))}</td><td>{escape(number)}</td></tr>'
        yield "</table>"
    if note.hint:
        yield f"<p>{_prose(note.hint)}</p>"
    if note.fix:
        yield "<pre>" + "\n".join(map(escape, note.fix)) + "</pre>"
    if note.id:
        yield f'<p class="dim">{escape(say(PHRASES, "explain", lang, id=note.id))}</p>'


def _prose(text: str) -> str:
    """Code between backticks as HTML."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _code(lines: tuple[CodeLine, ...]) -> str:
    shown = (f"{line.number:>4}  {escape(line.text)}" for line in lines)
    return (
        "<pre>"
        + "\n".join(f"<mark>{t}</mark>" if line.marked else t for t, line in zip(shown, lines, strict=True))
        + "</pre>"
    )
