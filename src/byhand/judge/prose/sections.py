"""A learner's text as sections: a heading, the formulas under it, and whether there is code."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from byhand.judge.model import Passage
from byhand.judge.prose.notation import DECAYS
from byhand.judge.prose.spans import spans
from byhand.judge.prose.statements import statements
from byhand.judge.prose.subjects import about, spoken, subject
from byhand.judge.prose.tree import Statement

__all__ = ["Section", "Stated", "Text"]

LONGEST, MOST = 300_000, 500
"""Characters of a file's text that are read, and statements in it."""
NEAR = 120
"""Characters before a formula that may say that it is wrong."""
_HEADING = re.compile(r"^[ \t>]*(#{1,6})[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_FENCED = re.compile(r"^\s*(?:`{3,}|~{3,})(?!\s*math)", re.MULTILINE)
_DOUBTED = re.compile(
    r"mistake|wrong|incorrect|\bbug|not\s+\S+\s+but|instead of|rather than|should not|shouldn't|don't|do not"
    r"|never write|suppose|typo|counter|错误|写成|误写|误以为|而不是|不要|不应|不能写|易错|假如|反例",
    re.IGNORECASE,
)
"""Words before a formula that may be meant to be wrong."""


@dataclass(frozen=True)
class Stated:
    """A statement with what it is about."""

    statement: Statement
    task: str
    """One of the seven, "other", or ""."""
    doubted: bool
    """Whether the text right before it says that it may be wrong."""


@dataclass
class Section:
    """A heading, and what stands under it up to the next one."""

    title: str
    level: int
    start: int
    """Where its heading is in the whole text."""
    parents: tuple[str, ...]
    documents: str = ""
    """Of a docstring: what it documents."""
    code: bool = False
    length: int = 0
    """How many characters of text it has."""
    stated: list[Stated] = field(default_factory=list)
    about: str = ""
    """What the last formula was about."""

    @property
    def heading(self) -> str:
        """The nearest heading that names a subject; its own if none does."""
        return next((title for title in (self.title, *reversed(self.parents)) if about(title)), self.title)


class Text:
    """All passages of a file as one text, in sections."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.whole = ""
        self._starts: list[int] = []
        self._lines: list[int] = []
        self._count = 0
        self.sections: list[Section] = []
        for passage in passages:
            if len(self.whole) > LONGEST:
                break
            if passage.name:
                self.sections.append(Section(spoken(passage.name), 9, len(self.whole), (), passage.name, code=True))
            elif not self.sections or self.sections[-1].documents:
                self.sections.append(Section("", 0, len(self.whole), ()))
            self._read(passage)

    def place(self, at: int) -> tuple[int, int]:
        """The program's line of a character, and its column."""
        i = bisect_right(self._starts, at) - 1
        return self._lines[i], at - self._starts[i]

    def _read(self, passage: Passage) -> None:
        base = len(self.whole)
        for i, line in enumerate(passage.lines):
            self._starts.append(len(self.whole))
            self._lines.append(passage.first + i)
            self.whole += line + "\n"
        text = self.whole[base:]
        heads = [] if passage.name else list(_HEADING.finditer(text))
        bounds = [0, *(match.end() for match in heads), len(text)]
        starts = [0, *(match.start() for match in heads), len(text)]
        for i in range(len(bounds) - 1):
            if i:
                self._head(heads[i - 1], base)
            self._formulas(text, bounds[i], starts[i + 1], base)
        self.sections[-1].code = self.sections[-1].code or passage.code

    def _head(self, match: re.Match[str], base: int) -> None:
        level = len(match[1])
        above = [section for section in self.sections if not section.documents]
        parents: list[str] = []
        for section in reversed(above):
            if section.level < level and section.title:
                parents, level = [section.title, *parents], section.level
        self.sections.append(Section(match[2].strip(), len(match[1]), base + match.start(), tuple(parents)))

    def _formulas(self, text: str, start: int, end: int, base: int) -> None:
        section, piece = self.sections[-1], text[start:end]
        section.length += len(piece.strip())
        section.code = section.code or bool(_FENCED.search(piece))
        last = 0
        for span in spans(piece):
            if self._count > MOST:
                break
            between = piece[last : span.start]
            last = span.end
            found = list(statements(span.text, span.tex, base + start + span.start))
            self._count += len(found)
            if about(between) or not section.about:
                section.about = subject(section.heading, between, section.about)
            before = piece[max(span.start - NEAR, 0) : span.start]
            doubted = bool(_DOUBTED.search(between[-NEAR:]) or _DOUBTED.search(before.rpartition("\n")[2]))
            section.stated += [Stated(one, _owner(section, one), doubted) for one in found]


def _owner(section: Section, statement: Statement) -> str:
    """What a statement is about; β₁ and β₂ belong to Adam under its heading, even where the text speaks of momentum."""
    over = about(section.heading)
    numbered = any(node.below in ("1", "2") and node.name in DECAYS for node in statement.readings[0].walk())
    return next(iter(over)) if numbered and over in ({"adam"}, {"adamw"}) else section.about
