"""The corpus: realistic learners' files, the expected answer for each definition, and the judge's answer."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from unittest.mock import patch
from zlib import crc32

from byhand.judge.diagnosis import clinic
from byhand.judge.judge import judge
from byhand.judge.model import Allowance, Definition, Judgement, Program
from byhand.judge.reading.methods import methods
from byhand.judge.reading.neighbours import beside, with_neighbours
from byhand.judge.reading.notebook import Unreadable, read
from byhand.judge.reading.syntax import quiet
from byhand.judge.reporting.words import written

HERE = Path(__file__).parent
FILES = HERE / "files"
ALLOWED = Allowance(definition=60.0, file=600.0)
"""Seconds, more than a normal check has, so that a busy machine changes no verdict."""
ACCUSED = ("mistaken", "stopped", "unknown")
"""The verdicts that are shown as ✗."""
GOOD = ("right", "convention")
NOT_YET = ("todo", "library")
"""Verdicts that the judge does not have yet: counted apart."""
ANY = "any-wrong"
"""In place of a page, if no page fits."""


@dataclass(frozen=True)
class Thing:
    """A definition of the table, and the answer that a user would expect."""

    file: str
    name: str
    """``Class.method`` of a method; ``name#2`` of the second definition of that name in the file."""
    kind: str
    """How the learner's file differs from a clean definition."""
    task: str
    expected: tuple[str, ...]
    """Verdicts; if there are several, each is acceptable."""
    pages: tuple[tuple[str, ...], ...] = ()
    """Mistakes or conventions that must all be named; each is a tuple of acceptable ids."""
    edges: tuple[str, ...] = ()
    """For ``fragile``: pages and edges, one of which must be named."""
    today: str = ""
    """The undeserved verdict that it currently gets; delete it once the judge is fixed."""

    @property
    def wrong(self) -> bool:
        """Whether it deserves a ✗."""
        return any(verdict in ACCUSED for verdict in self.expected)


@dataclass(frozen=True)
class Answer:
    """The judge's answer for a definition."""

    name: str
    verdict: str = "unrecognised"
    task: str = ""
    named: tuple[str, ...] = ()
    """Pages and edges, in the order of the findings."""
    detail: str = ""

    def __str__(self) -> str:
        said = (self.verdict, self.task, *self.named, self.detail and f"({self.detail[:90]})")
        return " ".join(filter(None, said))


@dataclass(frozen=True)
class Result:
    """A definition with its expected and its observed answer."""

    thing: Thing
    answer: Answer

    @property
    def accused(self) -> bool:
        """Whether it gets a ✗."""
        return self.answer.verdict in ACCUSED

    @property
    def caught(self) -> bool:
        """Whether it gets a ✗ for its results; being stopped by something else does not count."""
        return self.answer.verdict in ("mistaken", "unknown", *self.thing.expected)

    @property
    def named(self) -> bool:
        """Whether all expected pages are named."""
        return all(ANY in page or self._has(page) for page in self.thing.pages)

    @property
    def at_edge(self) -> bool:
        """Whether it is called fragile, with a correct edge."""
        return self.answer.verdict == "fragile" and self._has(self.thing.edges)

    @cached_property
    def whole(self) -> bool:
        """Whether the answer is complete and correct."""
        return any(self._is(verdict) for verdict in self.thing.expected)

    def _is(self, expected: str) -> bool:
        verdict = self.answer.verdict
        if expected == "not judged":
            return verdict in ("unrecognised", "not judged")
        if expected == "blocked":
            return verdict == expected
        if self.answer.task != self.thing.task:
            return False
        if expected in GOOD:
            return verdict in GOOD and self.named
        if expected == "fragile":
            return self.at_edge
        if expected == "mistaken":
            return self.caught and self.named
        return verdict == expected

    def _has(self, ids: Iterable[str]) -> bool:
        return any(same(one) & {name for id in self.answer.named for name in same(id)} for one in ids)


def same(id: str) -> set[str]:
    """A page and its synonyms; an edge alone."""
    if "/" not in id:
        return {id}
    page = clinic.page(id)
    return {id, *(f"{page.formula}/{name}" for name in page.same)}


def things() -> list[Thing]:
    """The table, by file."""
    table = tomllib.loads((HERE / "expected.toml").read_text("utf-8"))
    return [_thing(file, entry["kind"], name, given) for file, entry in table.items() for name, given in _named(entry)]


def _named(entry: Mapping[str, object]) -> Iterable[tuple[str, Mapping[str, object]]]:
    return ((name, given) for name, given in entry.items() if isinstance(given, dict))


def _thing(file: str, kind: str, name: str, given: Mapping[str, object]) -> Thing:
    pages = tuple(tuple(page.split(" | ")) for page in given.get("pages", ()))
    verdicts, edges = tuple(given["is"].split(" | ")), tuple(given.get("edges", ()))
    return Thing(file, name, given.get("kind", kind), given["task"], verdicts, pages, edges, given.get("today", ""))


def judged(file: str) -> list[Answer]:
    """The judge's answers for the definitions of a file, with the same inputs each time."""
    with quiet(), patch("secrets.randbits", lambda bits: crc32(file.encode()) % 2**bits):
        try:
            program = with_neighbours(read((FILES / file).read_bytes(), file), beside(str(FILES / file)))
        except Unreadable:
            return []
        report = judge(program, allowed=ALLOWED)
    names, answers = _names(program), []
    for judgement in report.judgements:
        if judgement.definition.kind != "definition":  # a formula or a heading of the text
            continue
        name = names[judgement.definition.name, judgement.definition.node.lineno]
        answers.append(_answer(name, judgement))
    return answers


def _answer(name: str, judgement: Judgement) -> Answer:
    named = tuple(found.mistake or found.edge for found in judgement.findings if found.mistake or found.edge)
    edges = tuple(found.edge for found in judgement.findings if found.edge)
    detail = written(judgement.detail, "en") or judgement.stopped
    return Answer(name, judgement.verdict, judgement.task, tuple(dict.fromkeys((*named, *edges))), detail)


def _names(program: Program) -> dict[tuple[str, int], str]:
    """The table's names of definitions and methods, by their own names and lines."""
    found: dict[tuple[str, int], str] = {}
    seen = Counter[str]()
    for definition in program.definitions:
        seen[definition.name] += 1
        name = definition.name + (f"#{seen[definition.name]}" if seen[definition.name] > 1 else "")
        found[_key(definition)] = name
        found |= {_key(method): f"{name}.{method.name.rpartition('.')[2]}" for method in methods(definition)}
    return found


def _key(definition: Definition) -> tuple[str, int]:
    return definition.name, definition.node.lineno


def results(expected: Sequence[Thing], answers: Sequence[Answer]) -> list[Result]:
    """Each definition of a file with its answer, and each unlisted definition that gets a ✗."""
    by_name = {answer.name: answer for answer in answers}
    found, taken = [], set()
    for thing in expected:
        answer = by_name.get(thing.name) or _around(thing.name, answers) or Answer(thing.name)
        taken.add(answer.name)
        found.append(Result(thing, answer))
    file = expected[0].file
    others = [answer for answer in answers if answer.name not in taken and answer.verdict in (*ACCUSED, "ours")]
    return found + [Result(Thing(file, other.name, "not in the table", "", ("not judged",)), other) for other in others]


def _around(name: str, answers: Sequence[Answer]) -> Answer | None:
    """The answer for a method instead of its class, or for a class instead of its method."""
    owner = name.rpartition(".")[0]
    near = (a for a in answers if a.name == owner or (not owner and a.name.startswith(f"{name}.")))
    return next((answer for answer in near if answer.verdict != "unrecognised"), None)
