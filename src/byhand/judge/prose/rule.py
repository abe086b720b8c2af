"""An update rule as far as a text states it: which statement is the mean, the correction, the step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from byhand.judge.prose.notation import DECAYS, PARAMETERS, RATES, Name, is_gradient, is_square, named
from byhand.judge.prose.tree import Node, Statement

__all__ = ["WEIGHT_DECAY", "Part", "Rule", "decays", "put", "runs_ahead"]

Part = Literal["first", "second", "corrected m", "corrected v", "step", ""]
"""What a statement is: the recurrence of m, or of the velocity; that of v; a bias correction; the step."""
MOMENTS = {"adam": ("m", "v"), "adamw": ("m", "v"), "momentum": ("v",), "sgd": ()}
WEIGHT_DECAY = ("lambda", "wd", "weight_decay")
_SECOND = ("v", "s", "r", "u")
"""What a mean of squares is called where nothing else tells it."""


@dataclass
class Rule:
    """The last statement of each part, and what its symbols are."""

    task: str
    first: Statement | None = None
    second: Statement | None = None
    corrected: dict[str, Statement] = field(default_factory=dict)
    """By the moment, "m" or "v"."""
    steps: list[Statement] = field(default_factory=list)
    """The step, which may come after one of the weight decay alone."""
    gradient: Statement | None = None
    """A gradient to which a weight decay is added."""
    others: dict[tuple[str, str, bool], Statement] = field(default_factory=dict)
    """Further symbols that the text defines, by variable and whether they have a hat."""
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """By the variable of a moment: "m" or "v"."""

    spoken: bool = False
    """Whether the text calls the first moment m, so that v is the second: others call them v and s."""

    def __post_init__(self) -> None:
        self.names = {(name, ""): name for name in MOMENTS[self.task]}

    def statement(self, part: Part) -> Statement:
        """The statement of a part."""
        found = {"first": self.first, "second": self.second, "step": self.steps[-1] if self.steps else None}
        statement = found.get(part) or self.corrected.get(part[-1:])
        assert statement is not None
        return statement


def put(rule: Rule, statement: Statement) -> Part:
    """Put a statement into the rule. What it is; "" if it is only a definition for others."""
    left, right = statement.left, statement.readings[0]
    if left is None or left.kind != "symbol":
        return ""
    name = named(left)
    symbols = [node for node in right.walk() if node.kind == "symbol"]
    own = any(named(node).variable == name.variable for node in symbols)
    graded = any(is_gradient(node) for node in right.walk())
    if left.name in PARAMETERS and not name.corrected and (own or any(node.name in PARAMETERS for node in symbols)):
        after_decay = rule.steps and not _moves(rule.steps[-1])
        rule.steps = [*rule.steps, statement] if after_decay else [statement]
        return "step" if graded or any(_known(rule, named(node)) for node in symbols) else ""
    if is_gradient(left):
        if graded and any(node.name in PARAMETERS for node in symbols):
            rule.gradient = statement
        return ""
    _rename(rule, name, symbols)
    moments = {rule.names[named(node).variable] for node in symbols if named(node).variable in rule.names}
    of_first = own and "m" in moments and rule.names.get(name.variable) == "v"
    if rule.task != "sgd" and not name.corrected and (of_first or (graded and (own or name.variable in rule.names))):
        return _put_moment(rule, statement, left, right)
    if _corrects(rule, name, own, graded, moments, symbols):
        (moment,) = moments
        rule.corrected[moment] = rule.others[*name.variable, name.corrected] = statement
        return "corrected m" if moment == "m" else "corrected v"
    rule.others[*name.variable, name.corrected] = statement
    return ""


def _rename(rule: Rule, name: Name, symbols: Sequence[Node]) -> None:
    """Take a v that the text has not defined for the first moment, where it is corrected by β₁ and there is no m."""
    if not rule.spoken and rule.second is None and rule.task in ("adam", "adamw") and _labels(symbols) == {"1"}:
        rule.names[name.variable] = "m"


def _labels(symbols: Sequence[Node]) -> set[str]:
    """The lowered numbers of decays: of β₁, ρ₂."""
    return {node.below for node in symbols if node.name in DECAYS} & {"1", "2"}


def _put_moment(rule: Rule, statement: Statement, left: Node, right: Node) -> Part:
    which = _which(rule, left, right)
    rule.names[named(left).variable] = which
    if which == "m" or rule.task == "momentum":
        rule.first = statement
        return "first"
    rule.second = statement
    return "second"


def _corrects(rule: Rule, name: Name, own: bool, graded: bool, moments: set[str], symbols: Sequence[Node]) -> bool:
    """Whether a statement is a bias correction: of one moment, by its decay and the step's number alone."""
    if rule.task not in ("adam", "adamw") or graded or len(moments) != 1 or name.name in RATES:
        return False
    simple = all(
        named(node).variable in rule.names or node.name in DECAYS or node.name in ("t", "k", "i", "n")
        for node in symbols
    )
    return simple and (name.corrected or not own)


def _known(rule: Rule, name: Name) -> bool:
    return name.variable in rule.names or (*name.variable, name.corrected) in rule.others


def decays(node: Node) -> bool:
    """Whether a tree has the symbol of a weight decay."""
    return any(one.name in WEIGHT_DECAY for one in node.walk() if one.kind == "symbol")


def _moves(statement: Statement) -> bool:
    """Whether a step uses a gradient or a moment, and is not the weight decay alone."""
    still = (*PARAMETERS, *RATES, *WEIGHT_DECAY)
    return any(
        is_gradient(node) or (node.kind == "symbol" and node.name not in still)
        for node in statement.readings[0].walk()
        if node.kind in ("symbol", "gradient")
    )


def _which(rule: Rule, left: Node, right: Node) -> str:
    """Whether a recurrence is of the gradients, "m", or of their squares, "v": by its name, the square, its decay."""
    if rule.task == "momentum":
        return "v"
    if left.name == "m":
        return "m"
    if any(is_square(node) for node in right.walk()):
        return "v"
    labels = _labels([node for node in right.walk() if node.kind == "symbol"])
    if len(labels) == 1:
        return "m" if labels == {"1"} else "v"
    return "v" if left.name in _SECOND else "m"


def runs_ahead(statement: Statement) -> bool:
    """Whether the old value on the right has a later time than the new one on the left."""
    if statement.left is None:
        return False
    left = named(statement.left)
    there = (named(node) for node in statement.readings[0].walk() if node.kind == "symbol")
    return bool(left.index) and any(
        (name.variable, name.corrected, name.index) == (left.variable, left.corrected, left.index)
        and name.offset > left.offset
        for name in there
    )
