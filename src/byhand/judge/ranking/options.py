"""Options of a learner's ROC AUC, if it has them: sample weights, a largest false positive rate, the positive label.

Each is tried at two values that are not special. An option with another name, or another kind of default, may mean
anything, and is not tried.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from byhand.judge.functions.calls import Array, Calls, Form
from byhand.judge.functions.draws import listed
from byhand.judge.functions.further_checks import stops
from byhand.judge.model import FLOAT32, Definition, Finding, defaults
from byhand.judge.phrases import equals
from byhand.judge.ranking.labels import labelled
from byhand.judge.session import Reply, Session

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]
WEIGHT = ("sample_weight", "sample_weights", "weight", "weights", "sampleweight", "w", "sw", "样本权重", "权重")
LIMIT = ("max_fpr", "fpr_max", "maxfpr", "max_fp_rate", "fpr_limit", "max_false_positive_rate")
POSITIVE = ("pos_label", "positive_label", "pos_class", "positive_class", "正类", "正类标签")
SCORES = np.arange(1, 10) / 10
POSITIVES = np.array([0, 1, 0, 0, 1, 1, 0, 1, 0], bool)
"""Which of the scores are positive; chosen so that any other use of an option gives another number."""
WEIGHTS = (
    np.array([0.5, 1.25, 2.0, 3.0, 0.75, 1.5, 2.5, 1.0, 0.25]),
    np.array([1.7, 0.3, 0.9, 2.2, 1.1, 0.6, 0.4, 2.7, 1.3]),
)
LIMITS = (0.37, 0.62)
LABELS = ((0, 1, 0), (1, 2, 2))
"""The label of negatives, that of positives, and the one passed as the positive label."""
EDGES = {
    "weight": "sample weights",
    "limit": "a limit on the false positive rate",
    "positive": "another positive label",
}


def options(
    session: Session, definition: Definition, calls: Calls, form: Form, rng: np.random.Generator
) -> Iterator[Finding]:
    """Findings about options, on scores without ties; none if the program is wrong on them even without options."""
    known = ((WEIGHT, (None,)), (LIMIT, (None, 1)), (POSITIVE, (None, 1)))
    weight, limit, label = (_named(definition, calls, *option) for option in known)
    if form.shape != "vector" or not (weight or limit or label):
        return
    order = rng.permutation(len(SCORES))
    scores, positive = SCORES[order], POSITIVES[order]
    plain = {"pred": scores, "target": labelled(form, positive)}
    tried = _Tried(session, definition, calls, form)
    if tried.finding("", "", 0.0, plain, [_auc(scores, positive)]) is not None:
        return
    found: dict[str, list[Finding | None]] = {"weight": [], "limit": [], "positive": []}
    for w in WEIGHTS if weight else ():
        expected = [_auc(scores, positive, w[order])]
        found["weight"].append(tried.finding("weight", weight, w[order], plain, expected))
    for share in LIMITS if limit else ():
        found["limit"].append(tried.finding("limit", limit, share, plain, _partial(scores, positive, share)))
    for first, second, chosen in LABELS if label and form.target == "0/1" else ():
        target = np.where(positive, second, first)
        expected = [_auc(scores, target == chosen)]
        found["positive"].append(tried.finding("positive", label, chosen, {**plain, "target": target}, expected))
    for findings in found.values():
        yield from [finding for finding in findings if finding is not None][:1]


def _named(definition: Definition, calls: Calls, names: Sequence[str], meant: Sequence[object]) -> str:
    """The option with one of these names and one of the defaults ``meant``; "" if there is none."""
    methods = ("__init__", calls.signature.method)
    nodes = [definition.method(name) for name in methods] if definition.is_class else [definition.node]
    for node in nodes:
        if isinstance(node, ast.FunctionDef) and not node.args.posonlyargs:  # all arguments are passed by name
            for arg, default in defaults(node):
                known = isinstance(default, ast.Constant) and default.value in meant
                if known and arg.arg.lower() in names and arg.arg in calls.signature.optional:
                    return arg.arg
    return ""


@dataclass(frozen=True)
class _Tried:
    """A program under one calling convention."""

    session: Session
    definition: Definition
    calls: Calls
    form: Form

    def finding(
        self, option: str, name: str, value: object, inputs: Mapping[str, Array], expected: Sequence[float]
    ) -> Finding | None:
        """A finding if the option's value gives none of the ``expected`` results; None if the program refuses it."""
        reply = self._called(inputs, name, value)
        labels = np.asarray(inputs["target"]).astype(np.int64)
        words = f"scores = {listed(inputs['pred'])}, labels = {listed(labels)}, {name} = {listed(value)}"
        finding = Finding("", "edge", None, EDGES.get(option, ""), "", equals("value", expected[0]), words)
        if not reply.ok:
            refused = not stops(self.definition, reply.outcome).stumbles
            return None if refused else replace(finding, line=reply.line, yours=reply.outcome.sentence)
        place = next((i for i, leaf in enumerate(reply.leaves) if np.prod(leaf.shape) == 1), None)
        observed = None if place is None else self.session.get("@out", place)
        if place is None or observed is None:
            return None
        eps = max(reply.leaves[place].eps, self.definition.half, FLOAT32)
        number = float(observed.reshape(()))
        close = any(abs(number - right) < (64 if eps == FLOAT32 else 8) * eps for right in expected)
        return None if close else replace(finding, yours=equals("value", number))

    def _called(self, inputs: Mapping[str, Array], name: str, value: object) -> Reply:
        """The call with the option's value; arrays are tried in several kinds until the program accepts one."""
        if not isinstance(value, np.ndarray):
            more = {name: value} if name else {}
            return self.calls.call(self.session, self.definition, self.form, inputs, more=more)
        replies = []
        for container in dict.fromkeys((self.form.container, "numpy", "list")):
            given = self.session.put("@option", value, container)
            replies.append(self.calls.call(self.session, self.definition, self.form, inputs, more={name: given}))
            if replies[-1].ok or not stops(self.definition, replies[-1].outcome).stumbles:
                return replies[-1]
        return replies[0]


def _auc(scores: Numbers, positive: Mask, weight: Numbers | None = None) -> float:
    """The AUC by all pairs, each weighted by the product of its weights."""
    w = np.ones(len(scores)) if weight is None else weight
    pairs = w[positive][:, None] * w[~positive]
    return float((pairs * (scores[positive][:, None] > scores[~positive])).sum() / pairs.sum())


def _partial(scores: Numbers, positive: Mask, limit: float) -> list[float]:
    """The area below a false positive rate: standardised by McClish, as in scikit-learn; itself; divided by the rate.

    Source: McClish, Analyzing a portion of the ROC curve, 1989.
    """
    ranked = positive[np.argsort(-scores)]
    heights = (np.cumsum(ranked) / ranked.sum())[~ranked]  # of the curve, one for each negative
    edges = np.minimum(np.arange(len(heights) + 1) / len(heights), limit)
    area = float(heights @ np.diff(edges))
    least = limit**2 / 2
    return [(1 + (area - least) / (limit - least)) / 2, area, area / limit]
