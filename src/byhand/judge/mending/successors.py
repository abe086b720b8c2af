"""The successors of a version in the search: the programs with one more mend."""

from __future__ import annotations

from collections.abc import Iterator

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.spot import line_of
from byhand.judge.mending.context import Context
from byhand.judge.mending.edited import after, tidied
from byhand.judge.mending.table import Mend, kinds, mends
from byhand.judge.mending.text import edited
from byhand.judge.mending.version import Version
from byhand.judge.model import Definition, Finding, Judgement

FEW = 24
"""Of the mends for pages that were not found, those that change at most so many characters are tried first."""


def successors(task: str, version: Version, judgement: Judgement, own: bool, texts: set[str]) -> Iterator[Version]:
    """The programs with one more mend, without those in ``texts``, which they are added to; nearest lines first.

    ``own``: with mends for the pages that ``judgement``, of the version, has found; else with all others.
    """
    for mend in _ordered(task, version.definition, judgement, own):
        text = edited(version.definition.program, mend.edits)
        if text is None or text in texts:
            continue
        texts.add(text)
        definition = after(version.definition, text)
        definition = definition and tidied(definition)
        if definition is not None:
            yield Version(definition, (*version.chain, mend), own=own)


def _ordered(task: str, definition: Definition, judgement: Judgement, own: bool) -> list[Mend]:
    """The mends of a definition in the order in which they are tried."""
    bad = [one for one in judgement.findings if one.kind in ("mistake", "edge")] or _looks_like(task, definition)
    pages = [one.mistake or f"edge/{one.edge.replace(' ', '-')}" for one in bad]
    lines = [line for line in (*(one.line for one in bad), judgement.line) if line]
    context = Context(definition)
    rows = [kind for kind in kinds(task) if any(map(kind.of, pages)) == own]
    found = [mend for kind in rows for mend in mends(kind, context)]
    far = [min((abs(mend.line - line) for line in lines), default=0) for mend in found]
    if own:
        order = sorted(range(len(found)), key=lambda i: (far[i] > 0, i))
    else:
        order = sorted(range(len(found)), key=lambda i: (far[i] > 0, found[i].size > FEW, far[i], i))
    return [found[i] for i in order]


def _looks_like(task: str, definition: Definition) -> list[Finding]:
    """Where nothing explains the results: the mistakes that lines of the program look like."""
    known = [page for page in clinic.pages(task) if page.kind == "mistake" and page.patterns]
    found = [(page, line_of(definition, page)) for page in known]
    return [Finding(page.id, "mistake", line) for page, line in found if line is not None]
