"""The confusion matrix: what the judge reports for each page's own changed formula. It should report that page.

``python -m byhand.judge.confusion`` prints it. The judged programs are our own, so they run in this process, without
a sandbox.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.clinic import Change, Page
from byhand.judge.diagnosis.diagnose import diagnose
from byhand.judge.judge import candidates
from byhand.judge.model import Judgement
from byhand.judge.reading.notebook import read
from byhand.judge.session import Session
from byhand.sandbox.machine import Machine

__all__ = ["Row", "judged", "rows"]


@dataclass(frozen=True)
class Row:
    """A page's change to a formula, and the pages that the judge reports."""

    page: Page
    formula: str
    change: Change
    named: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Whether only this page is reported, or only one that is declared numerically identical to it."""
        same = {self.page.id, *(f"{self.page.formula}/{name}" for name in self.page.same)}
        return len(self.named) == 1 and self.named[0] in same


def rows(formula: str) -> Iterator[Row]:
    """Every form of every mistake of a formula, judged."""
    for page in clinic.pages(formula):
        for change in page.changes():
            findings = [finding.mistake for found in judged(formula, (change,)) for finding in found.findings]
            yield Row(page, formula, change, tuple(dict.fromkeys(filter(None, findings))))


def judged(formula: str, changes: tuple[Change, ...], seed: int = 0) -> list[Judgement]:
    """The judgements of all definitions in a changed formula that are one of the seven."""
    program = read(clinic.changed(formula, changes).encode(), f"{formula}.py")
    session = Session(Machine().requests)
    judgements = []
    for definition in program.definitions:
        for task in candidates(definition)[:1]:
            loaded = session.load(definition.program)
            assert loaded.ok, loaded.message
            judgements.append(diagnose(task, session, definition, seed))
    return judgements


def main() -> int:
    """Print the matrix, one row per change; return 1 if any row is not exact."""
    wrong = total = 0
    for formula in clinic.FORMULAS:
        for row in rows(formula):
            total += 1
            wrong += not row.exact
            sign = "=" if row.exact else "≠"
            print(f"{formula:<14} {row.page.id:<60} {sign} {', '.join(row.named) or 'nothing'}", flush=True)
    print(f"{total} changes of {len(clinic.all_pages())} pages: {total - wrong} get their own name, {wrong} do not.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
