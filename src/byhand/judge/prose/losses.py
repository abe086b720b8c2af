"""KL divergence and cross-entropy in a text, evaluated on two distributions beside the formula."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.hypothesis import RIGHT, Hypothesis
from byhand.judge.prose.evaluate import value
from byhand.judge.prose.tree import Node, Statement, Unreadable

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["cross_entropy", "divergence", "is_divergence"]

PREDICTED = (
    "pred",
    "predicted",
    "y_pred",
    "y_hat",
    "yhat",
    "output",
    "logits",
    "a",
    "o",
    "预测",
    "predict",
    "q",
    "model",
    "hat",
)
TRUE = ("true", "target", "y_true", "label", "labels", "gt", "真实", "标签", "data", "t", "y")
COUNTS = ("N", "n", "M", "m", "B", "K", "C", "T")
DIVERGENCES = ("KL", "KLD", "D", "L", "loss", "Loss", "ell", "J", "l")
LOSSES = ("H", "CE", "L", "l", "J", "loss", "Loss", "ell", "E", "cross_entropy", "L_CE", "C", "NLL", "交叉熵", "损失")
ASIDE = frozenset(
    f"kl_divergence/{name}"
    for name in ("symmetric", "jensen-shannon", "finite-where-q-is-zero", "absolute-values-of-terms")
)
"""Pages that in a text are other divergences."""
_INDEX = re.compile(r"\(.*\)|[ijknmcstxzlby]|[ijknmcstxzl]{2}|[a-z],[a-z]|\d")
_SAMPLED = re.compile(r"(?:sim|in)(.+)$")
Ident = tuple[str, str]


def is_divergence(statement: Statement) -> bool:
    """Whether its left side is KL of two distributions."""
    left = statement.left
    return left is not None and left.kind == "call" and left.name == "KL" and len(left.parts) == 2


def divergence(statement: Statement, named: bool) -> list[str]:
    """The pages of a KL divergence's mistakes; [] if it is right. ``named``: whether the text around it says KL.

    Raises Unreadable if it is not clear what it says.
    """
    left = statement.left
    if left is None or not (is_divergence(statement) or (named and _plainly(left, DIVERGENCES))):
        raise Unreadable("no divergence")
    pairs = _pairs(statement, left if is_divergence(statement) else None)
    every = []
    for first, second in pairs:
        every.append(_explained("kl_divergence", statement, {first: "P", second: "Q"}))
        if not every[-1]:
            return []
    return _agreed("kl_divergence", every[:1] if _decided(pairs[0], left) else every, statement)


def cross_entropy(statement: Statement, likelihood: bool) -> list[str]:
    """The pages of a cross-entropy's mistakes, likewise. ``likelihood``: whether the text may mean a likelihood."""
    left = statement.left
    called = (
        left is not None and left.kind == "call" and left.name in ("H", "CE", "cross_entropy") and len(left.parts) == 2
    )
    if left is None or not (called or _plainly(left, LOSSES)):
        raise Unreadable("no loss")
    pairs = _pairs(statement, left if called else None)
    every = []
    for first, second in pairs:
        every.append(_explained("cross_entropy", statement, {first: "target", second: "p"}))
        if not every[-1]:
            return []
    found = _agreed("cross_entropy", every[:1] if _decided(pairs[0], left) else every, statement)
    if likelihood and "cross_entropy/sign-missing" in found:
        raise Unreadable("a likelihood")
    return found


def _plainly(left: Node, names: Sequence[str]) -> bool:
    return left.kind in ("symbol", "call") and (left.name in names or bool(re.search("CE|KL|交叉熵", left.below)))


def _agreed(task: str, every: list[list[str]], statement: Statement) -> list[str]:
    first = every[0]
    if any(one != first for one in every) or ASIDE & set(first):
        raise Unreadable("it may be something else")
    return first


def _decided(pair: tuple[Ident, Ident], left: Node) -> bool:
    """Whether names or arguments say which of the two is the true distribution."""
    (first, one), (second, other) = pair
    if left.kind == "call" and len(left.parts) == 2:
        return True
    if (first.lower(), second.lower()) == ("p", "q") and not one and not other:
        return True
    if first == second and one != other:
        return "hat" in other or "pred" in other
    return first in TRUE and (second in PREDICTED or "hat" in other)


def _pairs(statement: Statement, call: Node | None) -> list[tuple[Ident, Ident]]:
    """The two distributions, the true one first; both orders if the names leave it open."""
    whole = _told_apart_by_labels(call)
    symbols = [node for node in statement.readings[0].walk() if node.kind == "symbol" and _distributed(node)]
    found = list(dict.fromkeys(_identity(node, whole) for node in symbols))
    if call is not None:
        first, second = (_matching(_identity(part, whole), found) for part in call.parts)
        return [(first, second)]
    if len(found) != 2:
        raise Unreadable("not two distributions")
    a, b = found
    order = (a, b) if _truth(a) >= _truth(b) else (b, a)
    return [order] if _truth(a) != _truth(b) else [(a, b), (b, a)]


def _told_apart_by_labels(call: Node | None) -> bool:
    """Whether the arguments differ only in what is elsewhere an index: KL(p_t ‖ p_s)."""
    return call is not None and len(call.parts) == 2 and _identity(call.parts[0]) == _identity(call.parts[1])


def _truth(identity: Ident) -> int:
    name, rest = identity
    if "hat" in rest or "pred" in rest or name in PREDICTED:
        return -1
    return 1 if name in TRUE or name.lower() == "p" or any(word in rest for word in ("true", "data", "target")) else 0


def _matching(identity: Ident, found: list[Ident]) -> Ident:
    """The symbol of the right side that an argument of the left one means: P of KL(P‖Q) may be written p there."""
    if identity in found:
        return identity
    alike = [one for one in found if one[0].lower() == identity[0].lower() and (not one[1] or not identity[1])]
    if len(alike) == 1:
        return alike[0]
    if not any(one[0].lower() == identity[0].lower() for one in found):
        return identity
    raise Unreadable("its arguments do not appear")


def _distributed(node: Node) -> bool:
    return node.name not in (*COUNTS, "i", "j", "x", "d", "dx", "e") or bool(node.accents)


def _identity(node: Node, whole: bool = False) -> Ident:
    """A distribution without its argument and index: its name, and the labels that remain, or the ``whole`` label."""
    label = re.sub(r"\(.*\)$", "", node.below)
    label = "" if not whole and _INDEX.fullmatch(label) else label
    label = re.sub(r",?[ijkcn]$", "", label) if "," in label else label
    above = "" if re.fullmatch(r"\(\w\)", node.above) else node.above
    return node.name, "/".join(filter(None, (label, above, *node.accents)))


def _explained(task: str, statement: Statement, roles: Mapping[Ident, str]) -> list[str]:
    """The page that explains a statement, with these roles of its symbols; [] if it is right."""
    found = []
    for reading in statement.readings:
        observed = value(reading, _lookup(roles, _told_apart_by_labels(statement.left))).sum()
        found.append(_page(task, observed, reading))
    if [] in found:
        return []
    if any(one != found[0] for one in found):
        raise Unreadable("its readings differ")
    return found[0]


def _lookup(roles: Mapping[Ident, str], whole: bool) -> Callable[[Node], Tensor]:
    import torch

    given = _distributions()

    def of(identity: Ident) -> Tensor:
        if identity in roles:
            return given[roles[identity]]
        raise Unreadable(f"{identity[0]} has no meaning here")

    def lookup(node: Node) -> Tensor:
        if node.kind == "total":
            body = value(node.parts[0], lookup)
            if node.name == "mean":
                sampled = _SAMPLED.search(node.below)
                name, _, label = re.sub(r"\(.*", "", sampled[1] if sampled else node.below).partition("_")
                fitting = [one for one in roles if one[0].lower() == name.lower() and one[1] in ("", label)]
                if len(fitting) != 1:
                    raise Unreadable("a mean over something else")
                body = body * of(fitting[0])
            return body.sum()
        if node.kind == "call" and node.name == "H":
            weights = of(_identity(node.parts[0], whole))
            return -(weights * of(_identity(node.parts[-1], whole)).log()).sum()
        if node.kind == "size" or (node.kind == "symbol" and node.name in COUNTS and not node.accents):
            return torch.tensor(1.0, dtype=torch.float64)
        if node.kind == "differential" or (node.kind == "symbol" and node.name in ("d", "dx")):
            return torch.tensor(1.0, dtype=torch.float64)
        if node.kind == "symbol":
            return of(_identity(node, whole))
        raise Unreadable(node.kind)

    return lookup


@cache
def _distributions() -> dict[str, Tensor]:
    import torch

    first = torch.tensor([0.13, 0.38, 0.29, 0.2], dtype=torch.float64)
    second = torch.tensor([0.31, 0.11, 0.42, 0.16], dtype=torch.float64)
    return {"P": first, "Q": second, "target": first, "p": second}


@cache
def _predictions(task: str) -> dict[str, list[float]]:
    """The numbers of the formula, "", and of each page's mistakes."""
    given = _distributions()
    found: dict[str, list[float]] = {}
    for page in clinic.pages(task):
        for change in page.changes():
            if change.constant is None and not page.name.endswith("logits"):
                found.setdefault(page.id, []).append(_number(task, Hypothesis((change,)), given))
    right = _number(task, RIGHT, given)
    factors = (1.0, 1 / 0.6931471805599453, 1 / 2.302585092994046, 0.25)
    return {"": [right * factor for factor in factors], **found}


def _number(task: str, hypothesis: Hypothesis, given: Mapping[str, Tensor]) -> float:
    try:
        function = clinic.program(task, hypothesis.changes)[task]
        return float(
            function(*((given["P"], given["Q"]) if task == "kl_divergence" else (given["p"], given["target"]))).sum()
        )
    except Exception:  # a change that needs rows
        return float("nan")


def _page(task: str, observed: Tensor, reading: Node) -> list[str]:
    number = float(observed)
    near = [
        id
        for id, numbers in _predictions(task).items()
        if any(abs(number - x) <= 1e-9 * max(1, abs(x)) for x in numbers)
    ]
    if "" in near or any(id and clinic.page(id).kind == "convention" for id in near):
        return []
    ratio, sign = "kl_divergence/ratio-upside-down", "kl_divergence/sign-flipped"
    if ratio in near and sign in near:
        near = [sign if reading.kind == "minus" else ratio]
    if len(near) != 1:
        raise Unreadable("no known mistake")
    return near
