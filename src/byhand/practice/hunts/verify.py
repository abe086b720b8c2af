"""Shows every program that could be a hunt to the judge, and keeps those that get exactly their page's name.

``python -m byhand.practice.hunts.verify [LIBRARY] [FORMULA]`` writes the files of verified/; it takes many minutes. The
programs are our own, so they run in this process, without a sandbox.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import torch

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.clinic import Page
from byhand.judge.diagnosis.diagnose import diagnose
from byhand.judge.judge import GOOD, candidates
from byhand.judge.model import Judgement
from byhand.judge.reading.notebook import read
from byhand.judge.session import Session
from byhand.practice.exercises import LIBRARIES
from byhand.practice.hunts.drawing import EDITED, Hunt
from byhand.practice.hunts.edits import edits
from byhand.practice.hunts.untranslatable import Untranslatable
from byhand.sandbox.machine import Machine

__all__ = ["Row", "digest", "judged", "possible", "row"]

KEPT, TRIED, CONSTANTS = 1, 4, 2
"""Forms of one page that are kept for one formula and library; that are tried; and constants in one form."""


@dataclass(frozen=True)
class Row:
    """A hunt, and what the judge says of its program and of the right one."""

    hunt: Hunt
    named: tuple[str, ...]
    """The pages that it finds."""
    unnamed: bool
    """Whether something in the program is wrong without a name, or stops."""
    right: bool
    """Whether the program without the mistake is right."""

    @property
    def exact(self) -> bool:
        """Whether the hunt can be handed out."""
        return self.named == (self.hunt.page,) and not self.unnamed and self.right


def possible(formula: str, library: str) -> Iterator[Hunt]:
    """The hunts that the pages of a formula make in a library, edits of references first; none twice."""
    made = edits(formula, library)
    for page in clinic.pages(formula):
        if page.kind != "mistake":
            continue
        seen = set[str]()
        forms = [*(EDITED + i for i in range(len(made.get(page.id, ())))), *_changes(page)]
        for form in forms:
            hunt = Hunt(formula, library, page.id, form)
            with suppress(Untranslatable):
                program = hunt.text.partition("\n")[2]
                if program != hunt.mended.partition("\n")[2] and program not in seen:
                    seen.add(program)
                    yield hunt


def _changes(page: Page) -> Iterator[int]:
    """The numbers of a page's changes; of those that differ in a constant alone, the first two."""
    counts = Counter[str]()
    for i, change in enumerate(page.changes()):
        form = change.becomes.replace(repr(change.constant), clinic.CONSTANT) if change.constant is not None else str(i)
        counts[form] += 1
        if counts[form] <= CONSTANTS:
            yield i


def digest(hunt: Hunt) -> str:
    """Changes with the programs of a hunt: one whose digest differs from that in verified/ is not verified."""
    return sha256((hunt.text + hunt.mended).encode()).hexdigest()[:8]


def row(hunt: Hunt) -> Row:
    """The judge on a hunt."""
    found = judged(hunt.text)
    kinds = [finding for one in found for finding in one.findings if finding.kind != "note"]
    named = tuple(dict.fromkeys(finding.mistake for finding in kinds if finding.mistake))
    unnamed = any(one.verdict in ("unknown", "stopped") and not _named(one) for one in found)
    exact = named == (hunt.page,) and not unnamed
    return Row(hunt, named, unnamed, exact and _right(hunt.mended.partition("\n")[2]))


@cache
def _right(program: str) -> bool:
    """Whether everything in a program is right; many hunts have the same one."""
    found = judged(program)
    return bool(found) and all(one.verdict == "right" for one in found)


def judged(text: str, names: Mapping[str, str] | None = None) -> list[Judgement]:
    """The judgements of all definitions that are one of the seven, on the inputs that a check would draw.

    ``names`` says which task a definition is, by its name.
    """
    program = read(text.encode(), "hunt.py")
    session = Session(Machine().requests)
    found = []
    for definition in program.definitions:
        for task in candidates(definition, (names or {}).get(definition.name))[:1]:
            loaded = session.load(definition.program)
            assert loaded.ok, loaded.message
            found.append(diagnose(task, session, definition, program.seed))
    return found


def _named(judgement: Judgement) -> bool:
    return judgement.verdict in GOOD or any(finding.mistake for finding in judgement.findings)


def main(arguments: list[str]) -> int:
    """Verify all hunts, or those of the named formulas and libraries, and write the files of verified/."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # the programs divide by zero
    for library in [one for one in LIBRARIES if one in arguments] or LIBRARIES:
        file = Path(__file__).parent / "verified" / f"{library}.json"
        table = json.loads(file.read_text("utf-8"))
        for formula in [one for one in clinic.FORMULAS if one in arguments] or clinic.FORMULAS:
            table[formula] = _kept(formula, library)
            print(f"{library} {formula}: {len(table[formula])} of {len(clinic.pages(formula))} pages", flush=True)
            file.write_text(json.dumps(table, indent=1) + "\n", "utf-8")
    return 0


def _kept(formula: str, library: str) -> dict[str, dict[str, str]]:
    """By page: the forms that get its name, with their digests."""
    kept: dict[str, dict[str, str]] = {}
    tried = Counter[str]()
    for hunt in possible(formula, library):
        tried[hunt.page] += 1
        if len(kept.get(hunt.page, ())) < KEPT and tried[hunt.page] <= TRIED:
            result = row(hunt)
            if result.exact:
                kept.setdefault(hunt.page, {})[str(hunt.form)] = digest(hunt)
            else:
                why = "" if result.right or result.named != (hunt.page,) else ", or the right one is not right"
                print(f"{library} {formula} {hunt.page} {hunt.form}: {result.named or 'nothing'}{why}", flush=True)
    return kept


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
