"""Names several mistakes of one program. If all mends but one are applied, only one mistake is left.

The judge names that one by its results, as in a program with a single mistake. Names are reported only if every mend
gets one, and no two mends get the same name at the same line.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from byhand.judge.diagnosis.attempt import Kept
from byhand.judge.diagnosis.diagnose import diagnose
from byhand.judge.loading import load
from byhand.judge.mending.edited import Mended, after
from byhand.judge.mending.text import changed_lines, without
from byhand.judge.model import Finding, Judgement
from byhand.judge.session import Session
from byhand.judge.task import Task


def named(task: Task[Any], session: Session, judgement: Judgement, mended: Mended, seed: int, kept: Kept) -> Judgement:
    """The judgement with one named mistake per mend.

    It is returned unchanged if there is only one mend, or if not every mend gets a name.
    """
    known = {one.mistake for one in judgement.findings if one.kind == "mistake" and one.mistake}
    unknown = judgement.verdict == "unknown"
    if len(mended.chain) < 2 or not (unknown or judgement.verdict == "mistaken"):
        return judgement
    found: list[Finding] = []
    for i in range(len(mended.chain)):
        one = _missed(task, session, judgement, mended, i, seed, kept)
        if one is None or any((one.mistake, one.line) == (other.mistake, other.line) for other in found):
            return judgement
        found.append(one)
    names = {one.mistake for one in found}
    if not (known <= names or names <= known) and _with_lines(judgement):
        return judgement  # the new names contradict those that the judge found before
    if all(one.edge for one in found):
        return judgement  # mistakes that show only at edges cannot explain wrong results on ordinary input
    found.sort(key=lambda one: (bool(one.edge), one.line is None, one.line or 0))
    shown = next((one for one in judgement.findings if one.yours), None)
    if shown is not None:
        found[0] = replace(found[0], input=shown.input, yours=shown.yours, formula=shown.formula)
    others = [one for one in judgement.findings if one.kind in ("convention", "note")]
    return replace(judgement, verdict="mistaken", findings=(*found, *others))


def _with_lines(judgement: Judgement) -> bool:
    """Whether every mistake that it names has a line."""
    return all(one.line for one in judgement.findings if one.kind == "mistake")


def _missed(
    task: Task[Any], session: Session, judgement: Judgement, mended: Mended, i: int, seed: int, kept: Kept
) -> Finding | None:
    """The mistake that is left if mend ``i`` alone is left out; None unless exactly one is left, and has a name."""
    original = judgement.definition.program
    text = without(original, [mend.edits for mend in mended.chain], i, mended.definition.program)
    definition = text and after(judgement.definition, text)
    if not text or not definition or not load(session, definition).reply.ok:
        return None
    left = diagnose(task, session, definition, seed, kept)
    pages = [one for one in left.findings if one.kind in ("mistake", "edge")]
    if left.verdict not in ("mistaken", "fragile") or len(pages) != 1 or not pages[0].mistake:
        return None
    changed = changed_lines(text, mended.definition.program)[0][0]  # where the page recognises no line
    return Finding(pages[0].mistake, "mistake", line_before(original, text, pages[0].line or changed), pages[0].edge)


def line_before(original: str, text: str, line: int | None) -> int | None:
    """The line of ``original`` that corresponds to a line of ``text``; None if there is none."""
    if line is None:
        return None
    matcher = SequenceMatcher(None, text.split("\n"), original.split("\n"), autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if i <= line - 1 < j and (kind == "equal" or j - i == m - k):
            return k + line - i
    return None
