"""Reads ``mends.toml``, the rules of mends: what a learner may have written, and what to write instead."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from importlib.resources import files

from byhand.judge.mending import moves
from byhand.judge.mending.context import Context
from byhand.judge.mending.rewrite import PLACES, Rewrite, everywhere
from byhand.judge.mending.text import Edit

TASKS = {
    "optimizers": ("sgd", "momentum", "adam", "adamw"),
    "losses": ("kl_divergence", "cross_entropy"),
    "auc": ("roc_auc",),
}


@dataclass(frozen=True)
class Together:
    """Rewrites that are applied at all their places as one mend, such as one for m and one for v."""

    rewrites: tuple[Rewrite, ...]


Rule = Rewrite | Together | Callable[[Context], Iterator[list[Edit]]]


@dataclass(frozen=True)
class Kind:
    """One ``[[kind]]`` of ``mends.toml``: rules that mend related mistakes."""

    name: str
    tasks: tuple[str, ...]
    pages: tuple[str, ...]
    """Shell-style patterns of page ids without the formula, such as "sign-*"."""
    rules: tuple[Rule, ...]
    """The likeliest first."""

    def of(self, page: str) -> bool:
        """Whether one of its patterns matches a page's id."""
        return any(fnmatch(page.partition("/")[2], pattern) for pattern in self.pages)


@dataclass(frozen=True)
class Mend:
    """One mend of a program: edits that are made together."""

    kind: Kind
    edits: tuple[Edit, ...]
    line: int
    """The first line that it changes."""

    @property
    def size(self) -> int:
        """How many characters it changes."""
        return sum(edit.size for edit in self.edits)


@cache
def kinds(task: str) -> tuple[Kind, ...]:
    """The kinds for a task, in the order in which they are tried."""
    text = files("byhand.judge.mending").joinpath("mends.toml").read_text("utf-8")
    rows = [
        Kind(
            row["name"],
            tuple(name for group in row["tasks"] for name in TASKS[group]),
            tuple(row["pages"]),
            tuple(map(rule, filter(None, row["rules"].split("\n")))),
        )
        for row in tomllib.loads(text)["kind"]
    ]
    return tuple(row for row in rows if task in row.tasks)


def rule(line: str) -> Rule:
    """Parse a rule. Raises ValueError if it has no arrow, AttributeError if ``do:`` names an unknown move."""
    flags, colon, rest = line.partition(": ")
    words = flags.split() if colon and set(flags.split()) <= {"all", "do", *PLACES} else []
    text = rest if words else line
    if words == ["do"]:
        move: Callable[[Context], Iterator[list[Edit]]] = getattr(moves, text)
        return move
    places = [word for word in words if word != "all"]
    made = tuple(_rewrite(part.strip(), places) for part in text.split(" | "))
    return Together(made) if "all" in words else made[0]


def _rewrite(text: str, places: list[str]) -> Rewrite:
    own, colon, rest = text.partition(": ")
    if colon and set(own.split()) <= PLACES:
        text, places = rest, own.split()
    before, arrow, after = text.partition(" -> ")
    if not arrow:
        raise ValueError(f"a rule must have ->, got {text}")
    target = next((place for place in places if place != "term"), "")
    return Rewrite(before, after, target, "term" in places)


def mends(kind: Kind, context: Context) -> Iterator[Mend]:
    """All mends of a kind that are possible in a definition, the likeliest rule first."""
    for one in kind.rules:
        for edits in _edits(one, context):
            if edits:
                line = context.source.text.count("\n", 0, min(edit.start for edit in edits)) + 1
                yield Mend(kind, tuple(edits), line)


def _edits(one: Rule, context: Context) -> Iterator[list[Edit]]:
    if isinstance(one, Together):
        yield everywhere(one.rewrites, context)
    elif isinstance(one, Rewrite):
        places = list(one.edits(context))
        if len(places) > 1:
            yield everywhere([one], context)
        yield from ([edit] for choices in places for edit in choices)
    else:
        yield from one(context)
