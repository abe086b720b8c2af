"""Where formulas stand in a text: LaTeX between its marks, and lines of plain text that state something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Span", "spans"]


@dataclass(frozen=True)
class Span:
    """A formula in a text."""

    start: int
    text: str
    tex: bool

    @property
    def end(self) -> int:
        """The place behind it."""
        return self.start + len(self.text)


_ENVIRONMENTS = "align|aligned|equation|gather|gathered|eqnarray|split|alignat|multline|array"
_LATEX = re.compile(
    r"(?<!\\)\$\$(?P<a>[^$]{1,4000})\$\$"
    r"|(?<!\\)\\\[(?P<b>(?:(?!(?<!\\)\\\[).){1,4000}?)\\\]"
    r"|(?<!\\)\\\((?P<c>(?:(?!(?<!\\)\\\().){1,4000}?)\\\)"
    rf"|(?P<d>\\begin\{{(?P<e>(?:{_ENVIRONMENTS})\*?)\}}(?:(?!\\begin\{{(?P=e)).){{1,4000}}?\\end\{{(?P=e)\}})"
    r"|(?<![\\$A-Za-z0-9])\$(?P<f>[^$\n]{1,1000}(?:\n[^$\n]{1,1000}){0,4}?)(?<!\\)\$(?![\d$])"
    r"|:math:`(?P<g>[^`]{1,1000})`"
    r"|^```+ *math\n(?P<h>[^`]{1,4000})^```",
    re.DOTALL | re.MULTILINE,
)
"""No mark is read past the next one that opens, so that the work is linear."""
_RELATION = re.compile(r"<-|←|:=|≔|[+\-−]=|(?<![=<>!+\-*/])=(?![=>])")
_STATED = re.compile(r"([^\s(=，。；：、]+\s?\([^()=]*\)|[^\s=，。；：、]+)\s*$")
_PIECES = re.compile(r"[，。；：、！？]|[;:,](?=\s)|\s#|//|\s{4,}")
_TAIL = re.compile(
    r"\s+(?:where|with|for|and|or|if|when|in which|which|is|are|so|then|but|until|while|because|since|to|has"
    r"|given|at|on)\b"
    r"|[.](?:\s|$)|(?<=[^-+*/×·=←−\s])\s+[(（][^()（）]*[\u3400-\u9fff][^()（）]*[)）]\s*$"
)
_MARKUP = re.compile(r"^\s*(?:[-*>•]|\d+[.)]|#+|\"{3}|'{3})\s*")
_TABLE = re.compile(r"^\s*\|.*\|\s*$")


def spans(text: str, plain: bool = True) -> Iterator[Span]:
    """The formulas of a text, in its order. ``plain``: whether to look for formulas without LaTeX's marks too."""
    found = []
    for match in _LATEX.finditer(text):
        group = next(name for name in "abcdfgh" if match[name] is not None)
        found.append(Span(match.start(group), match[group], True))
    rest = _LATEX.sub(lambda match: re.sub(r"[^\n]", "\0", match[0]), text)
    if plain:
        at = 0
        for line in rest.split("\n"):
            if "\0" not in line and len(line) <= 300 and not _TABLE.match(line):
                found += _stated(line, at)
            at += len(line) + 1
    return iter(sorted(found, key=lambda span: span.start))


def _stated(line: str, at: int) -> Iterator[Span]:
    """What a line of plain text states: pieces with = or ←."""
    line = _MARKUP.sub(
        lambda match: " " * len(match[0]), line.replace("`", " ").replace("**", "  ") if "`" in line else line
    )
    start = 0
    for end in [*(match.end() for match in _PIECES.finditer(line)), len(line) + 1]:
        piece = line[start:end].rstrip("，。；：、！？;:,# ")
        relation = _RELATION.search(piece)
        if relation and (stated := _STATED.search(piece[: relation.start()])):
            left = stated.start(1)
            if (han := re.match(r"[\u3400-\u9fff]+(?=[^\u3400-\u9fff\s])", stated[1])) is not None:
                left += han.end()
            tail = _TAIL.search(piece, relation.end())
            text = piece[left : tail.start() if tail else len(piece)].rstrip(" .\"'")
            yield Span(at + start + left, text, "\\" in text)
        start = end
