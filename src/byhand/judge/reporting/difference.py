"""What makes wrong definitions right, as a unified diff of the learner's file; what has no fix, in a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from itertools import groupby

from byhand.judge.mending.acceptance import TO_MEND
from byhand.judge.mending.search import SECONDS
from byhand.judge.model import Judgement, Program, Report
from byhand.judge.reading.rewritten import Patch, patches, rewritten
from byhand.judge.reporting.texts import FIXES, PHRASES
from byhand.judge.reporting.words import say
from byhand.judge.visible import visible

CONTEXT = 3
"""Unchanged lines around a change."""


def changes(report: Report) -> list[Patch]:
    """All changes, in the order of the file; of two fixes that change the same lines the first."""
    taken: set[int] = set()
    fixes = []
    for judgement in report.judgements:
        lines = (
            {i for one in judgement.fix.lines for i in range(one.first, max(one.first, one.last) + 1)}
            if judgement.fix
            else set()
        )
        if judgement.fix and not lines & taken:
            fixes.append(judgement.fix)
            taken |= lines
    return patches(report.program, fixes)


def difference(data: bytes, program: Program, found: Sequence[Patch], lang: str = "en") -> str:
    """The unified diff of a file, ``data``, and its changes; of a notebook one for each changed cell."""
    parts: list[str] = []
    for cell, group in groupby(found, key=lambda patch: patch.cell):
        name = program.file
        if cell is None:
            old = data.decode("utf-8-sig").splitlines()
            new = rewritten(data, name, list(group)).decode("utf-8-sig").splitlines()
        else:
            name = f"{name} {say(FIXES, 'cell', lang, cell=cell)}"
            there = zip(program.lines, program.places, strict=False)
            old = [line for line, place in there if place.cell == cell and not place.markdown]
            new = list(old)
            for one in sorted(group, key=lambda patch: -patch.first):
                new[one.first - 1 : one.first - 1 + len(one.old)] = one.new
        parts += unified_diff(old, new, name, name, n=CONTEXT, lineterm="")
    return "\n".join(visible(line, keep="\t") for line in parts)


def unmended(report: Report, after: Report | None, lang: str = "en") -> Iterator[str]:
    """A line for each definition that stays wrong: no fix was found, or it was not judged right in the changed file."""
    there = after.judgements if after is not None else ()
    same = [one.definition.name for one in there] == [one.definition.name for one in report.judgements]
    for i, judgement in enumerate(report.judgements):
        if judgement.verdict in TO_MEND and judgement.fix is not None:
            name = visible(judgement.definition.name)
            place = _place(report, judgement, lang)
            if not judgement.fix.lines:
                fill = {"name": name, "place": place, "seconds": SECONDS}
                yield say(FIXES, "late" if judgement.fix.late else "none", lang, **fill)
            elif not same or there[i].verdict in TO_MEND:
                yield say(FIXES, "left", lang, name=name, place=place)


def _place(report: Report, judgement: Judgement, lang: str) -> str:
    place = report.program.place(judgement.definition.node.lineno)
    if place is None:
        return ""
    if place.cell is None:
        return say(PHRASES, "line", lang, line=place.line)
    if place.cell in report.program.counts:
        return say(PHRASES, "counted cell", lang, count=report.program.counts[place.cell], line=place.line)
    return say(PHRASES, "cell", lang, cell=place.cell, line=place.line)
