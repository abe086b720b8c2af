"""The table of mends, ``mends.toml``: for pages of the clinic, what a learner may have written and what to write."""

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
    """Rewrites of all places that make one mend: of m and of v."""

    rewrites: tuple[Rewrite, ...]


Rule = Rewrite | Together | Callable[[Context], Iterator[list[Edit]]]


@dataclass(frozen=True)
class Kind:
    """One row: what is mended."""

    name: str
    tasks: tuple[str, ...]
    pages: tuple[str, ...]
    """Patterns of ids, without the formula."""
    rules: tuple[Rule, ...]
    """The likeliest first."""

    def of(self, page: str) -> bool:
        """Whether a page belongs to it."""
        return any(fnmatch(page.partition("/")[2], pattern) for pattern in self.pages)


@dataclass(frozen=True)
class Mend:
    """An edit of a program."""

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
    """The rows for one of the seven, the first to be tried first."""
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
    """A rule from its line; ValueError or AttributeError if it is none."""
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
    before, arrow, after = text.partition(" -> ")
    if not arrow:
        raise ValueError(f"a rule must have ->, got {text}")
    target = next((place for place in places if place != "term"), "")
    return Rewrite(before, after, target, "term" in places)


def mends(kind: Kind, context: Context) -> Iterator[Mend]:
    """The mends of a kind in a definition."""
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
