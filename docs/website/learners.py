"""Learners' programs for the pages that no change of the formula makes: judged in the sandbox, and mended."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from byhand.judge.diagnosis import clinic
from byhand.judge.judge import Judge
from byhand.judge.model import Allowance
from byhand.judge.prose.updates import NEXT
from byhand.judge.reading.neighbours import read_whole
from byhand.judge.reading.syntax import quiet
from byhand.practice.exercises import exercise
from byhand.practice.web.verdicts import verdict
from website import ROOT
from website.programs import marked

KEPT = ROOT / "build" / "learners.json"
"""What the judge said in the last build: it takes minutes to ask again."""
PROGRAMS = ROOT / "tests" / "judge"
"""The judge's own test programs; the first line of each says what the judge must find in it."""
EXPECT = "# expect: "
PATIENT = Allowance(definition=120.0, file=300.0)
"""A busy machine may not change what a page says."""

Texts = dict[str, str]


@dataclass(frozen=True)
class Learner:
    """A program with a mistake, and a right one."""

    wrong: str
    verdict: str
    """Of the judge about the wrong one."""
    right: str
    marks: tuple[str, str]
    """The lines to mark in the right one, and in the other."""
    is_mended: bool
    """Whether the right one is the other, mended; else it is the solution of the exercise."""
    input: Texts
    """By language, the input on which the results are."""
    yours: Texts
    formula: Texts


def shown_by_learners() -> list[str]:
    """The pages that need a learner's program: those without a line, but the one that only a text can have."""
    return [page.id for page in clinic.all_pages() if not page.line and page.id != NEXT]


def learners(ids: Iterable[str]) -> dict[str, Learner]:
    """For each page a program that the judge, asked now, says has this mistake.

    Raises:
        LookupError: there is no program for a page, or the judge finds something else in it.
    """
    files, kept, state = _files(), _kept(), _state()
    found: dict[str, Learner] = {}
    for id in ids:
        key = f"{id} {state}"
        if key in kept:
            found[id] = Learner(**{**kept[key], "marks": tuple(kept[key]["marks"])})
            continue
        tried = (one for file in files.get(id, ()) if (one := _judged(id, file)) is not None)
        if (shown := next(tried, None)) is None:
            raise LookupError(f"{id}: the judge finds it in no program of tests/judge")
        found[id] = shown
        kept[key] = asdict(shown)
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps({one: kept[one] for one in kept if one.endswith(state)}), "utf-8")
    return found


def _kept() -> dict[str, Any]:
    """What was judged in earlier builds, by page and state."""
    try:
        return dict(json.loads(KEPT.read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def _state() -> str:
    """A hash of all that an answer depends on: judge, formulas, pages and programs."""
    package = ROOT / "src" / "byhand"
    folders = (*(package / name for name in ("judge", "formulas", "mistakes", "sandbox", "practice")), PROGRAMS)
    files = (
        file for folder in folders for file in sorted(folder.rglob("*.*")) if file.suffix in (".py", ".md", ".toml")
    )
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _files() -> dict[str, list[Path]]:
    """By page the programs that show it: those with no other mistake first, and of these the shortest."""
    found: dict[str, list[tuple[bool, int, int, Path]]] = {}
    for file in sorted(PROGRAMS.glob("*/*/*.py")):
        lines = file.read_text("utf-8").split("\n")
        said, *ids = lines[0].removeprefix(EXPECT).split() or ["right"]
        for id in ids if lines[0].startswith(EXPECT) else ():
            found.setdefault(id, []).append((said == "library", len(ids), len(lines), file))
    return {id: [file for *_, file in sorted(files)][:3] for id, files in found.items()}


def _judged(id: str, file: Path) -> Learner | None:
    """A program as the judge sees it; None if it does not name this page."""
    text = file.read_text("utf-8").partition("\n")[2].strip("\n") + "\n"
    with quiet(), Judge(allowed=PATIENT) as judge:
        report = judge.judge(read_whole(text.encode(), f"{clinic.page(id).name}.py"), mend=True)
    table = verdict(report, "")
    for one in table["definitions"]:
        for finding in one["findings"]:
            if finding["page"] == id:
                return _learner(id, text.rstrip(), one, finding)
    return None


def _learner(id: str, text: str, definition: dict[str, Any], finding: dict[str, Any]) -> Learner:
    lines = text.split("\n")
    fix = (definition["fix"] or {}).get("lines") or []
    for one in reversed(fix):
        lines[one["line"] - 1 : one["line"] - 1 + len(one["old"])] = one["new"]
    mended = "\n".join(lines)
    right = mended if fix else exercise(clinic.page(id).formula).solution("torch")
    marks = marked(right, text) if fix else ("", str(finding["line"] or ""))
    numbers = (finding[key] for key in ("where", "yours", "formula"))
    return Learner(text, definition["verdict"], right, marks, bool(fix), *numbers)
