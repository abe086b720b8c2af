"""Whether a changed program may end the search: it must be right in the sense in which the original was meant."""

from __future__ import annotations

import ast

from byhand.judge.diagnosis.explanation import AGAINST
from byhand.judge.mending.names import plays
from byhand.judge.model import Definition, Finding, Judgement

MENDED = ("right", "convention", "library")
"""Verdicts that end a search."""
TO_MEND = ("mistaken", "fragile", "stopped", "unknown")
"""Verdicts that start one."""
MISREAD = ("logits-taken-as-probabilities", "logits-not-normalised")
"""Endings of page ids. The program is right, but for another kind of input than the one that its names promise."""
HARMLESS = {"", "library", "not imported", "new storage"}
"""Notes that the judge may make on the changed program although it did not make them on the original."""
UNSAID = {
    "adam/defaults-differ",
    "adam/one-t-for-all-parameters",
    "adam/zero-grad-sets-zeros",
    "cross_entropy/rounded-result",
    "roc_auc/all-pairs",
}
"""Conventions that the judge reports only of right programs, so that they may be new in the changed one."""
NORMALISED = {"kl_divergence/not-normalised"}
"""Likewise, if the changed program has at least as many divisions as the original."""


def is_mended(original: Judgement, changed: Judgement) -> bool:
    """Whether the changed program is right, with the original's arguments, and as much of it was checked."""
    if changed.verdict not in MENDED:
        return False
    pages = [one.mistake for one in original.findings]
    another = any(page.endswith((*MISREAD, AGAINST)) for page in pages) or not original.convention
    if not another and original.convention.get("arguments", "") != changed.convention.get("arguments", ""):
        return False  # it is right, but for another kind of arguments than before
    notes = {one.note for one in original.findings} | HARMLESS
    return all(one.note in notes or _of_eps(one) for one in changed.findings)


def has_new_convention(original: Judgement, changed: Judgement) -> bool:
    """Whether the changed program is right only under a convention that the original did not follow."""
    unsaid = set(UNSAID)
    if _divisions(changed.definition) >= _divisions(original.definition):
        unsaid |= NORMALISED
    return not _conventions(changed) <= _conventions(original) | unsaid


def _conventions(judgement: Judgement) -> set[str]:
    return {one.mistake for one in judgement.findings if one.kind == "convention"}


def _divisions(definition: Definition) -> int:
    return sum(isinstance(node, ast.Div) for node in ast.walk(definition.node))


def _of_eps(finding: Finding) -> bool:
    """Whether a note says only that ε was checked at one value: after the mend it may have no effect."""
    names = str(finding.detail.get("names", "")).split(", ")
    return finding.note == "options not checked" and all(plays(ast.Name(name), "EPS") for name in names)
