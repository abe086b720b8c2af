"""Texts of the page as HTML: the story of a formula with its formulas typeset, and the pages of mistakes."""

from __future__ import annotations

import re
from functools import cache
from html import escape

from markdown_it import MarkdownIt

from byhand.judge.diagnosis import clinic
from byhand.judge.reporting import mathml
from byhand.judge.reporting.words import LANGUAGES

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_SOURCE = re.compile(r"(?:Source|来源|出处)[:：]")


def story(text: str) -> str:
    """A docstring as HTML: indented blocks are formulas, everything else paragraphs."""
    return "".join(_block(block) for block in re.split(r"\n\s*\n", text.strip("\n")) if block.strip())


def formulas(text: str) -> str:
    """Lines that are formulas, typeset, with comments behind them; a line in words of programs is shown as code."""
    rows = list(mathml.rows(text.split("\n")))
    if not any(formula for formula, _ in rows):
        return "".join(f'<p class="formula"><code>{escape(comment)}</code></p>' for _, comment in rows)
    return f'<div class="formulas" tabindex="0">{"".join(_row(*row) for row in rows)}</div>'


def prose(text: str) -> str:
    """Markdown as HTML. Tags in it are shown, not obeyed."""
    html: str = _MARKDOWN.render(text)
    return html


@cache
def mistake(id: str) -> dict[str, dict[str, str]]:
    """The page of a mistake in each language: its title and its text. KeyError if there is none."""
    page = clinic.page(id)
    return {lang: {"title": page.text(lang).title, "html": prose(page.text(lang).flowing)} for lang in LANGUAGES}


def _block(block: str) -> str:
    lines = block.split("\n")
    if all(line.startswith("    ") for line in lines):
        return formulas(block)
    text = _joined(lines)
    kind = ' class="source"' if _SOURCE.match(text) else ""
    return f"<p{kind}>{_inline(text)}</p>"


def _row(formula: str, comment: str) -> str:
    if "<mfrac>" not in formula:  # brackets need not be higher than what they hold
        formula = re.sub(r"<mo>([()])</mo>", r'<mo stretchy="false">\1</mo>', formula)
    math = f'<math display="block" lang="en">{formula}</math>' if formula else ""
    return f'<div class="formula">{math}</div><div class="aside">{_inline(comment)}</div>'


def _joined(lines: list[str]) -> str:
    """The lines of a paragraph in one; Chinese needs no space at a line break."""
    wide, closed = "\u2e80-\u9fff\uff00-\uffef", "，。；：、！？）"
    breaks = rf"(?<=[{wide}])\n(?=[{wide}])|(?<=[{closed}])\n"
    return re.sub(breaks, "", "\n".join(line.strip() for line in lines)).replace("\n", " ")


def _inline(text: str) -> str:
    """Escaped text; what stands between backticks is code."""
    return re.sub(r"``?([^`]+)``?", r"<code>\1</code>", escape(text))
