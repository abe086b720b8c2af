"""Probes for KL divergences, for each calling convention."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from byhand.judge.functions.calls import Form
from byhand.judge.functions.draws import FINITE, RARE, exact, make_rare, multiples, probabilities, reshaped
from byhand.judge.model import Probe

Rows = NDArray[np.float64]
ORDINARY = ("a row", "a longer row", "two rows", "five rows", "as many rows as columns")


def ordinary(form: Form, rng: np.random.Generator) -> list[Probe]:
    """P and Q: first small and round numbers, then other sizes, and one with as many rows as columns."""
    rows = [(1, "a row", 3), (1, "a longer row", 5)]
    if form.shape == "batch":
        rows = [(2, "two rows", 3), (5, "five rows", 4), (3, "as many rows as columns", 3)]
    drawn = [(name, *_distributions(rng, n, k, i == 0)) for i, (n, name, k) in enumerate(rows)]
    return [_probe(form, name, P, Q) for name, P, Q in drawn]


def edges(form: Form, rng: np.random.Generator, weights: bool) -> list[Probe]:
    """Zero probabilities, equal distributions, extreme logits, a batch of one; with ``weights``, weights last."""
    n = 1 if form.shape == "row" else 3
    P, Q = _distributions(rng, n, 4, False)
    probes = _edges(form, P, Q)
    if form.shape == "batch":
        probes.append(_probe(form, "a batch of one", *_distributions(rng, 1, 3, False)))
    if weights:  # drawn last, so that ways without weights have the same other probes
        probes.append(_probe(form, "weights", 2.5 * P, 4 * Q * rng.uniform(1, 2, (n, 1))))
    return probes


def small_edges(form: Form) -> list[Probe]:
    """The same edges as one row of three round numbers."""
    if form.kind == "logits":
        return _edges(form, np.exp([[2.0, 1.0, 0.0]]), np.exp([[0.0, 1.0, 2.0]]))
    return _edges(form, np.array([[0.4, 0.2, 0.4]]), np.array([[0.2, 0.2, 0.6]]))


def _edges(form: Form, P: Rows, Q: Rows) -> list[Probe]:
    """The edges made from rows P and Q."""
    zero, both, never = _without(P, 1), _without(Q, 1), _without(Q, 2 if Q.shape[1] > 3 else 0)
    probes = [_probe(form, "equal distributions", Q, Q)]
    if form.kind in ("probabilities", "log-probabilities of Q"):
        probes.append(_probe(form, "zero probability", zero, Q, smooth=False))
        probes.append(_probe(form, "impossible event", P, never, smooth=False))
    if form.kind == "probabilities":
        probes[1] = replace(probes[1], inputs={**probes[1].inputs, "gradient": FINITE})
        probes.append(_probe(form, "zero in both", zero, both, smooth=False))
    if form.kind == "logits":
        far = np.log(Q)
        far[0] += 150.0  # exp(800) overflows, and exp(-650) is still a number
        far[0, 0] += 650.0
        inputs = {**_probe(form, "", P, Q).inputs, "pred": far[0] if form.shape == "row" else far}
        probes.append(Probe("large logits", True, inputs))
        sure = np.log(P)
        sure[0, 0] += 4000.0  # the other probabilities are 0, also at a temperature of 2.6
        inputs = {**_probe(form, "", P, Q).inputs, "target": sure[0] if form.shape == "row" else sure}
        probes.append(Probe("very large logits", True, inputs))
    return probes


def far(form: Form) -> Probe:
    """Logits of Q with one so low that its probability is 0 in any dtype, while that of P is not."""
    q, p = np.array([[-4000.0, 0.0, 1.0], [0.5, 0.0, 1.0]]), np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 0.5]])
    inputs = {"pred": q[0], "target": p[0]} if form.shape == "row" else {"pred": q, "target": p}
    return Probe("logits of Q far apart", True, {**inputs, "words": ("Q", "P"), "gradient": False})


def binary_ordinary(form: Form, rng: np.random.Generator) -> list[Probe]:
    """Probabilities q and p of class 1, small and round ones first."""
    sizes = [(4, "a few"), (6, "more")]
    if form.shape == "scalar":
        sizes = [(1, "one pair"), (1, "another pair"), (1, "a rare pair")]
    return [_given(form, name, *_pair(rng, n, i == 0, name != "another pair")) for i, (n, name) in enumerate(sizes)]


def binary_edges(form: Form) -> list[Probe]:
    """Probabilities of class 1 that are 0 or 1."""
    if form.shape == "scalar":
        ends = (("zero probability", 0.5, 0.0), ("probability one", 0.5, 1.0), ("impossible event", 0.0, 0.5))
        return [_given(form, name, [q], [p], True) for name, q, p in ends]
    return [
        _given(form, "zero probability", [0.5, 0.25, 0.5, 0.75], [0.0, 1.0, 0.25, 0.5], True),
        _given(form, "impossible event", [0.0, 1.0, 0.5, 0.75], [0.5, 0.25, 0.25, 0.5], True),
    ]


def _distributions(rng: np.random.Generator, n: int, k: int, round_: bool) -> tuple[Rows, Rows]:
    """P and Q, n rows of k probabilities; no row of P is close to that of Q."""
    while True:
        P, Q = (multiples(rng, n, k) if round_ else probabilities(rng, n, k) for _ in range(2))
        if not round_:
            for x, column in zip((P, Q), rng.permutation(k), strict=False):
                make_rare(rng, x, column)
        if np.abs(P - Q).max(-1).min() > 0.05:
            return P, Q


def _without(x: Rows, column: int) -> Rows:
    """The rows with a 0 in one column of the first and the last row, normalised again."""
    x = x.copy()
    x[[0, -1], column] = 0.0
    return exact(x / x.sum(-1, keepdims=True))


def _probe(form: Form, name: str, P: Rows, Q: Rows, smooth: bool = True) -> Probe:
    edge = name not in ORDINARY
    words = ("Q", "P")
    with np.errstate(divide="ignore"):
        if form.kind != "probabilities":
            Q, words = np.log(Q), ("log Q", "P")
        if form.kind in ("log-probabilities", "logits"):
            P, words = np.log(P), ("log Q", "log P")
    if form.kind == "logits":  # not normalised
        Q, P, words = Q + 1 + np.arange(len(Q))[:, None] / 2, P - 1 - np.arange(len(P))[:, None], ("Q", "P")
    if form.shape == "row":
        P, Q = P[0], Q[0]
    return Probe(
        name, edge, {"pred": Q, "target": P, "words": words, "gradient": smooth and name not in ("a row", "two rows")}
    )


def _pair(rng: np.random.Generator, n: int, round_: bool, rare: bool) -> tuple[Rows, Rows]:
    """Probabilities q and p of class 1, not close to each other; with ``rare``, the first q and second p are small."""
    q, p = rng.uniform(0.05, 0.4, n), rng.uniform(0.6, 0.95, n)
    q[:2] = rng.uniform(*RARE, len(q[:2])) if rare else q[:2]
    if round_:
        q, p = rng.choice([0.1, 0.2, 0.3, 0.4], n, replace=False), rng.choice([0.5, 0.7, 0.75, 0.8], n, replace=False)
    flipped = np.arange(n) % 2 == 1
    return np.where(flipped, p, q), np.where(flipped, q, p)


def _given(form: Form, name: str, q: object, p: object, edge: bool = False) -> Probe:
    inputs = {"pred": reshaped(q, form.shape), "target": reshaped(p, form.shape), "words": ("q", "p")}
    return Probe(name, edge, {**inputs, "gradient": name in ("more", "another pair")})
