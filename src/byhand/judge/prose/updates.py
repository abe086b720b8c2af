"""The update rules of a text beside the formula: SGD, momentum, Adam and AdamW.

Each statement is judged alone, with the formula's own lines for all that it does not say; of momentum, velocity and
step are judged together, since the learning rate may be in either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.clinic import Change
from byhand.judge.diagnosis.hypothesis import RIGHT, Hypothesis
from byhand.judge.prose.rule import Part, Rule, decays, put, runs_ahead
from byhand.judge.prose.run import HYPER, Run, gradients, start
from byhand.judge.prose.tree import Node, Statement, Unreadable

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Judged", "rules"]

NEXT = "adam/old-value-of-the-next-step"
"""The page of a time index that runs ahead, which no number shows."""
ABSOLUTE = ("adam/v-from-the-absolute-gradient",)
ASIDE = frozenset(
    (
        *("momentum/nesterov", "momentum/velocity-updated-after-the-step", "sgd/gradient-normalised", "adam/amsgrad"),
        *("adam/nadam", "adam/decay-outside-the-gradient", "adam/moments-updated-after-the-step"),
        *("adam/corrected-moments-stored", "adam/gradient-in-place-of-m", "adam/weight-decay-ignored"),
        *("momentum/old-gradient-in-place-of-old-velocity", "adamw/decay-twice"),
    )
)
"""Pages that in a text are other methods, or ways of writing."""


@dataclass(frozen=True)
class Judged:
    """A statement that is understood, with the pages of its mistakes."""

    statement: Statement
    pages: tuple[str, ...] = ()


def rules(task: str, statements: Sequence[Statement], text: str, corrected: bool) -> Iterator[Judged]:
    """The statements of an optimizer that are understood.

    ``text``: what their places refer to. ``corrected``: whether it speaks of a bias correction anywhere.
    """
    spoken = any(node.name == "m" for one in statements for node in (*_left(one), *one.readings[0].walk()))
    before, rule = Rule(task, spoken=spoken), Rule(task, spoken=spoken)
    parts = [put(before, statement) for statement in statements]
    decayed = any(decays(one.readings[0]) for one, part in zip(statements, parts, strict=True) if part == "step")
    for i, statement in enumerate(statements):
        part = put(rule, statement)
        ahead = (NEXT,) if runs_ahead(statement) and part != "" else ()
        if task == "momentum" and part == "first" and _continued(parts[i + 1 :]):
            if ahead:
                yield Judged(statement, ahead)
            continue
        if not part:
            continue
        try:
            pages = _pages(rule, part, statement, text)
        except Unreadable:
            continue
        simplified = "adam/no-bias-correction" in pages and corrected and not rule.corrected
        elsewhere = {"adamw/no-decay", "adamw/decay-in-the-gradient"} & set(pages) and decayed
        if not simplified and not elsewhere:
            ahead = () if pages and part == "step" else ahead  # θ_t = θ_{t+1} + η·g is true, read backwards
            yield Judged(_place(rule, statement, pages), (*ahead, *pages))


def _left(statement: Statement) -> Iterator[Node]:
    return statement.left.walk() if statement.left is not None else iter(())


def _continued(parts: Sequence[Part]) -> bool:
    """Whether a velocity is followed by the step that uses it."""
    return next((part for part in parts if part in ("first", "step")), "") == "step"


def _place(rule: Rule, statement: Statement, pages: Sequence[str]) -> Statement:
    """The statement that a page is about: of momentum, the velocity's or the step's."""
    velocity = rule.task == "momentum" and bool(pages) and clinic.page(pages[0]).line.startswith("v ")
    return rule.first if velocity and rule.first is not None else statement


def _pages(rule: Rule, part: Part, statement: Statement, text: str) -> tuple[str, ...]:
    """The pages of a statement's mistakes; () if it is right in one of its readings. Raises Unreadable."""
    found: set[tuple[str, ...]] = set()
    why = Unreadable("its readings differ")
    totals = any(node.kind == "total" for node in statement.readings[0].walk())
    for reading, many in product(statement.readings, (False, True) if totals else (False,)):
        try:
            found.add(_explained(rule, part, reading, text, many))
        except Unreadable as error:
            why = error
    if () in found:
        return ()
    if len(found) != 1:
        raise why
    (pages,) = found
    if ASIDE & set(pages):
        raise Unreadable("another method")
    return pages


def _explained(rule: Rule, part: Part, reading: Node, text: str, many: bool) -> tuple[str, ...]:
    """The pages that explain the θ of one reading; () if the formula or a convention does."""
    import torch

    run = Run(rule, part, reading, text, many)
    positive = False
    observed = run.thetas(gradients())
    if not bool(torch.isfinite(observed).all()):  # the root of a mean that is not one of squares
        positive = True
        observed = run.thetas([g.abs() for g in gradients()])
    if not bool(torch.isfinite(observed).any()):
        raise Unreadable("it gives no finite numbers")

    def explains(hypothesis: Hypothesis) -> bool:
        predicted = _predicted(rule.task, hypothesis, run.hyper["weight_decay"], positive)
        return bool(torch.allclose(observed, predicted, rtol=1e-9, atol=1e-12, equal_nan=True))

    if explains(RIGHT):
        return ()
    for level in _hypotheses(rule.task):
        fitting = [one for one in level if explains(one)]
        if any(one.cost == one.harmless.cost for one in fitting):
            return ()
        pages = {tuple(page.id for page in one.pages if page.kind == "mistake") for one in fitting}
        pages -= {ABSOLUTE} if positive else set()
        if pages:
            break
    if len(pages) != 1:
        raise Unreadable("no known mistake")
    return pages.pop()


@cache
def _hypotheses(task: str) -> tuple[tuple[Hypothesis, ...], ...]:
    """Every change of the formula's step; each of one line alone, where it has several; each with a convention."""
    body = clinic.source(task).partition(f"def {task}_step")[2].partition("\nclass ")[0]
    singles = [
        Hypothesis((change,))
        for page in clinic.pages(task)
        if page.line and all(line.strip() in body for line in page.line.strip().split("\n"))
        for change in page.changes()
        if change.constant is None
    ]
    usual = [one for one in singles if one.pages[0].kind == "convention"]
    wrong = [one for one in singles if one.pages[0].kind == "mistake"]
    pairs = [Hypothesis((*a.changes, *b.changes)) for a, b in product(usual, wrong) if not _lines(a) & _lines(b)]
    return tuple(singles), tuple(alone for one in singles for alone in _line_by_line(one.changes[0])), tuple(pairs)


def _lines(hypothesis: Hypothesis) -> set[str]:
    return set(hypothesis.pages[0].line.split("\n"))


def _line_by_line(change: Change) -> Iterator[Hypothesis]:
    """A change of several lines, in one of them only."""
    pairs = list(zip(change.page.line.split("\n"), change.becomes.split("\n"), strict=False))
    same = change.page.line.count("\n") == change.becomes.count("\n")
    if len(pairs) > 1 and same and all(old.split("=")[0] == new.split("=")[0] for old, new in pairs):
        for old, new in pairs:
            if old != new:
                yield Hypothesis((Change(replace(change.page, line=old), new),))


@cache
def _predicted(task: str, hypothesis: Hypothesis, weight_decay: float, positive: bool) -> Tensor:
    """θ after each step of the changed formula."""
    import torch

    step = clinic.program(task, hypothesis.changes)[f"{task}_step"]
    options = [*(HYPER[name] for name in ("lr", "beta1", "beta2", "eps")), weight_decay]
    theta, state = start(), [torch.zeros_like(start())] * (1 if task == "momentum" else 2)
    found = []
    for t, g in enumerate(gradients(), 1):
        g = g.abs() if positive else g
        if task == "sgd":
            theta = step(theta, g, HYPER["lr"])
        elif task == "momentum":
            theta, *state = step(theta, g, *state, HYPER["lr"], HYPER["mu"])
        else:
            theta, *state = step(theta, g, *state, t, *options)
        found.append(theta)
    return torch.stack(found)
