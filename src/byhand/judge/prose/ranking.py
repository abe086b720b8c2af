"""ROC AUC by ranks in a text: the sum of the positives' ranks, less their pairs with each other, over all pairs."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import permutations
from typing import TYPE_CHECKING

from byhand.judge.prose.evaluate import Lookup, value
from byhand.judge.prose.tree import Node, Statement, Unreadable

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["area"]

RANKS = ("rank", "ranks", "r", "R", "Rank", "秩", "排名", "名次", "rank_sum", "sum_rank", "S", "W", "T")
POSITIVE = ("+", "pos", "positive", "正", "正样本")
NEGATIVE = ("-", "neg", "negative", "负", "负样本")
RANK_SUM, COUNTS = 83.0, (5.0, 9.0)
"""Numbers that no two of these formulas map to one result."""
_PAGES: dict[str, Callable[[float, float, float], float]] = {
    "roc_auc/own-pairs-not-subtracted": lambda r, p, n: r / (p * n),
    "roc_auc/own-pairs-one-short": lambda r, p, n: (r - p * (p - 1) / 2) / (p * n),
    "roc_auc/pairs-won-not-divided": lambda r, p, n: r - p * (p + 1) / 2,
    "roc_auc/divided-by-pos-times-n": lambda r, p, n: (r - p * (p + 1) / 2) / (p * (p + n)),
    "roc_auc/divided-by-all-pairs": lambda r, p, n: (r - p * (p + 1) / 2) / (p + n) ** 2,
    "roc_auc/divided-by-pos-times-pos-plus-one": lambda r, p, n: (r - p * (p + 1) / 2) / (p * (p + 1)),
    "roc_auc/gini-in-place-of-auc": lambda r, p, n: 2 * (r - p * (p + 1) / 2) / (p * n) - 1,
    "roc_auc/own-pairs-not-halved": lambda r, p, n: (r - p * (p + 1)) / (p * n),
    "roc_auc/own-pairs-of-the-negatives": lambda r, p, n: (r - n * (n + 1) / 2) / (p * n),
}


def area(statement: Statement, others: dict[str, Statement]) -> list[str]:
    """The pages of its mistakes; [] if it is right. ``others``: what the text defines before, by the symbol's name.

    Raises Unreadable for other ways to write AUC, and where it is not clear which count is that of the positives.
    """
    found: list[list[str]] = []
    for reading in statement.readings:
        counts = _counts(reading, others)
        if len(counts) > 2 or not counts or not _ranked(reading, others):
            raise Unreadable("no sum of ranks")
        known = [_sided(count) for count in counts]
        orders = [
            dict(zip(counts, order, strict=False))
            for order in permutations(COUNTS)
            if all(side is None or order[i] == COUNTS[side] for i, side in enumerate(known))
        ]
        for order in orders:
            found.append(_page(float(value(reading, _lookup(order, others)))))
            if not found[-1]:
                return []
        if len(orders) > 1:  # the count whose pairs are subtracted is that of the positives
            found = [one for one in found if one and one != ["?"]]
    if not found or any(one != found[0] for one in found) or found[0] == ["?"]:
        raise Unreadable("no known mistake")
    return found[0]


def _ranked(reading: Node, others: dict[str, Statement]) -> bool:
    return any(
        node.kind == "symbol"
        and (node.name in RANKS or (node.name in others and _ranked(others[node.name].readings[0], others)))
        for node in reading.walk()
    )


def _counts(reading: Node, others: dict[str, Statement]) -> list[str]:
    found: list[str] = []
    for node in reading.walk():
        if node.kind in ("symbol", "size") and not _is_rank(node):
            if node.kind == "symbol" and node.name in others:
                found += _counts(others[node.name].readings[0], others)
            elif not (
                node.kind == "symbol" and any(node in size.parts for size in reading.walk() if size.kind == "size")
            ):
                found.append(_key(node))
    return list(dict.fromkeys(found))


def _is_rank(node: Node) -> bool:
    return node.kind == "symbol" and node.name in RANKS


def _key(node: Node) -> str:
    node = node.parts[0] if node.kind == "size" else node
    return f"{node.name}|{node.below}|{node.above}"


def _sided(count: str) -> int | None:
    """0 for a count of positives, 1 for one of negatives, None if its name does not say."""
    name, below, above = count.split("|")
    label = below or above
    for i, words in enumerate((POSITIVE, NEGATIVE)):
        if label in words or re.fullmatch(f"(?:n|num)_?(?:{'pos' if not i else 'neg'})", name):
            return i
    return None


def _lookup(order: dict[str, float], others: dict[str, Statement]) -> Lookup:
    import torch

    def lookup(node: Node) -> Tensor:
        if node.kind == "total":
            if any(part.kind in ("sum of", "power", "root", "call") for part in node.parts[0].walk()):
                raise Unreadable("a sum of something else")
            return value(node.parts[0], lookup)  # the sum of the ranks, with constant factors
        if node.kind == "symbol" and _is_rank(node):
            return torch.tensor(RANK_SUM, dtype=torch.float64)
        if node.kind == "symbol" and node.name in others:
            return value(others[node.name].readings[0], lookup)
        if _key(node) in order:
            return torch.tensor(order[_key(node)], dtype=torch.float64)
        raise Unreadable(f"{node.name} has no meaning here")

    return lookup


def _page(number: float) -> list[str]:
    positive, negative = COUNTS
    right = (RANK_SUM - positive * (positive + 1) / 2) / (positive * negative)
    if abs(number - right) < 1e-9:
        return []
    near = [page for page, formula in _PAGES.items() if abs(number - formula(RANK_SUM, positive, negative)) < 1e-9]
    return near if len(near) == 1 else ["?"]
