"""The update rules of a text, run for some steps beside the formula: SGD, momentum, Adam and AdamW.

Each statement is judged alone, with the formula's own lines for all that it does not say; of momentum, velocity and step
are judged together, since the learning rate may be in either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.clinic import Change
from byhand.judge.diagnosis.hypothesis import RIGHT, Hypothesis
from byhand.judge.prose.evaluate import value
from byhand.judge.prose.notation import DECAYS, EPS, PARAMETERS, RATES, is_gradient, is_square, named
from byhand.judge.prose.tree import Node, Statement, Unreadable

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Judged", "rules"]

NEXT = "adam/old-value-of-the-next-step"
"""The page of a time index that runs ahead."""
STEPS = 5
HYPER = {"lr": 0.37, "beta1": 0.72, "beta2": 0.85, "mu": 0.66, "eps": 0.11, "weight_decay": 0.23}
"""Far from each other and from 1, so that no two mistakes look alike."""
ASIDE = frozenset(
    ("momentum/nesterov", "momentum/velocity-updated-after-the-step", "sgd/gradient-normalised", "adam/amsgrad", "adam/nadam")
    + ("adam/decay-outside-the-gradient", "adam/moments-updated-after-the-step", "adam/corrected-moments-stored")
    + ("adam/gradient-in-place-of-m", "adam/weight-decay-ignored", "momentum/old-gradient-in-place-of-old-velocity")
)
"""Pages that in a text are other methods, or ways of writing."""
_NAMES = {"adam": ("m", "v"), "adamw": ("m", "v"), "momentum": ("v",), "sgd": ()}


@dataclass(frozen=True)
class Judged:
    """A statement that is understood, with the pages of its mistakes."""

    statement: Statement
    pages: tuple[str, ...] = ()


@dataclass
class Rule:
    """An update rule as far as a text states it."""

    task: str
    first: Statement | None = None
    """The mean of the gradients, or the velocity."""
    second: Statement | None = None
    corrected: dict[str, Statement] = field(default_factory=dict)
    steps: list[Statement] = field(default_factory=list)
    gradient: Statement | None = None
    others: dict[tuple[str, str, bool], Statement] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """By the variable: "m" or "v"."""


def rules(task: str, statements: Sequence[Statement], text: str, corrected: bool) -> Iterator[Judged]:
    """The wrong statements of an optimizer. ``corrected``: whether its text has a bias correction anywhere."""
    before = Rule(task, names={(name, ""): name for name in _NAMES[task]})
    rule = Rule(task, names=dict(before.names))
    parts = [_sort(before, statement) for statement in statements]
    for i, statement in enumerate(statements):
        part = _sort(rule, statement)
        if not part or (task == "momentum" and part == "first" and _continued(parts[i + 1 :])):
            continue
        try:
            pages = _pages(rule, part, statement, text)
        except Unreadable:
            continue
        if "adam/no-bias-correction" in pages and corrected and not rule.corrected:
            continue
        if "adamw/no-decay" in pages and _decays(statements):
            continue
        if _runs_ahead(statement) and (not pages or part != "step"):
            pages = [NEXT, *pages]
        where = [_place(rule, statement, page) for page in pages] or [statement]
        yield Judged(where[0], tuple(pages))


def _decays(statements: Sequence[Statement]) -> bool:
    """Whether any statement has a weight decay."""
    words = ("lambda", "wd", "weight_decay")
    return any(node.name in words for one in statements for node in one.readings[0].walk() if node.kind == "symbol")


def _continued(parts: Sequence[str]) -> bool:
    """Whether a velocity is followed by the step that uses it."""
    return next((part for part in parts if part in ("first", "step")), "") == "step"


def _place(rule: Rule, statement: Statement, page: str) -> Statement:
    """The statement that a page is about: of momentum, the velocity's or the step's."""
    return rule.first if rule.first and rule.task == "momentum" and clinic.page(page).line.startswith("v ") else statement


def _sort(rule: Rule, statement: Statement) -> str:
    """Put a statement into the rule; what part of it is to be judged now, "" if none."""
    left = statement.left
    if left is None or left.kind != "symbol":
        return ""
    right, name = statement.readings[0], named(left)
    inside = [node for node in right.walk() if node.kind == "symbol"]
    graded = any(is_gradient(node) for node in right.walk())
    own = any(named(node).variable == name.variable for node in inside)
    key = (*name.variable, name.corrected)
    if left.name in PARAMETERS and (own or any(node.name in PARAMETERS for node in inside)) and not name.corrected:
        known = {*rule.others, *((*variable, hat) for variable in rule.names for hat in (True, False))}
        moves = graded or any((*named(node).variable, named(node).corrected) in known for node in inside)
        before = rule.steps
        rule.steps = [*before, statement] if before and not _moves(before[-1], rule) else [statement]
        return "step" if moves else ""
    if is_gradient(left):
        rule.gradient = statement if any(node.name in PARAMETERS for node in inside) and graded else rule.gradient
        return ""
    moments = {rule.names[named(node).variable] for node in inside if named(node).variable in rule.names}
    if not name.corrected and _is_moment(rule, name, own, graded):
        which = _which(rule, left, right)
        rule.names[name.variable] = which
        if which == "m" or rule.task == "momentum":
            rule.first = statement
        else:
            rule.second = statement
        return "first" if which == "m" or rule.task == "momentum" else "second"
    if rule.task in ("adam", "adamw") and not graded and len(moments) == 1 and name.variable[0] not in RATES and (
        name.corrected or not own
    ):
        (moment,) = moments
        simple = all(named(node).variable in rule.names or node.name in DECAYS or node.name in ("t", "k", "i", "n") for node in inside)
        if simple:
            rule.corrected[moment] = statement
            rule.others[key] = statement
            return f"corrected {moment}"
    rule.others[key] = statement
    return ""


def _is_moment(rule: Rule, name: object, own: bool, graded: bool) -> bool:
    known = getattr(name, "variable", None) in rule.names
    return graded and (own or known) and rule.task != "sgd"


def _moves(statement: Statement, rule: Rule) -> bool:
    """Whether a step uses a gradient or a moment, and is not the weight decay alone."""
    return any(
        is_gradient(node) or (node.kind == "symbol" and node.name not in (*PARAMETERS, *RATES, "lambda", "wd", "weight_decay"))
        for node in statement.readings[0].walk()
        if node.kind != "number"
        if node.kind in ("symbol", "gradient")
    )


def _which(rule: Rule, left: Node, right: Node) -> str:
    """Whether a recurrence is of the gradients, "m", or of their squares, "v"."""
    if rule.task == "momentum":
        return "v"
    labels = {node.below for node in right.walk() if node.kind == "symbol" and node.name in DECAYS and node.below in ("1", "2")}
    if len(labels) == 1:
        return "m" if labels == {"1"} and not (left.name in ("v", "s", "r") and rule.first is not None) else "v"
    if any(is_square(node) for node in right.walk()):
        return "v"
    return "v" if left.name in ("v", "s", "r") and rule.first is not None else "m"


def _runs_ahead(statement: Statement) -> bool:
    """Whether the old value on the right has a later time than the new one on the left."""
    assert statement.left is not None
    left = named(statement.left)
    return bool(left.index) and any(
        named(node).variable == left.variable and named(node).index == left.index and named(node).offset > left.offset
        for node in statement.readings[0].walk()
        if node.kind == "symbol" and named(node).corrected == left.corrected
    )


def _pages(rule: Rule, part: str, statement: Statement, text: str) -> list[str]:
    """The pages of a statement's mistakes; [] if it is right in one of its readings. Raises Unreadable."""
    found: list[list[str]] = []
    errors = []
    for reading in statement.readings:
        for many in (False, True):
            try:
                found.append(_named(rule, part, reading, text, many))
            except Unreadable as error:
                errors.append(error)
    if not found:
        raise errors[0] if errors else Unreadable("no reading")
    if [] in found:
        return []
    return found[0] if all(one == found[0] for one in found) else _unreadable()


def _unreadable() -> list[str]:
    raise Unreadable("its readings differ")


def _named(rule: Rule, part: str, reading: Node, text: str, many: bool) -> list[str]:
    import torch

    run = _Run(rule, part, reading, text, many)
    observed, positive = run.thetas(_gradients()), False
    if not bool(torch.isfinite(observed).all()):  # the root of a mean that is not one of squares
        observed, positive = run.thetas([g.abs() for g in _gradients()]), True
    if not bool(torch.isfinite(observed).all()):
        raise Unreadable("it gives no finite numbers")

    def explains(hypothesis: Hypothesis) -> bool:
        return _equal(observed, _predicted(rule.task, hypothesis, run.hyper, positive))

    if explains(RIGHT):
        return []
    for level in _hypotheses(rule.task):
        fitting = [one for one in level if explains(one)]
        if any(all(page.kind == "convention" for page in one.pages) for one in fitting):
            return []
        pages = {tuple(page.id for page in one.pages if page.kind == "mistake") for one in fitting}
        if pages:
            break
    pages = pages - {("adam/v-from-the-absolute-gradient",)} if positive else pages
    if len(pages) != 1:
        raise Unreadable("no known mistake")
    (ids,) = pages
    if ASIDE & set(ids):
        raise Unreadable("another method")
    return list(ids)


def _equal(a: Tensor, b: Tensor) -> bool:
    import torch

    return bool(torch.allclose(a, b, rtol=1e-9, atol=1e-12))


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
    pairs = [
        Hypothesis((*a.changes, *b.changes))
        for a, b in product(usual, singles)
        if b.pages[0].kind == "mistake" and not set(a.pages[0].line.split("\n")) & set(b.pages[0].line.split("\n"))
    ]
    return tuple(singles), tuple(alone for one in singles for alone in _line_by_line(one.changes[0])), tuple(pairs)


def _line_by_line(change: Change) -> Iterator[Hypothesis]:
    """A change of several lines, in one of them only."""
    lines, becomes = change.page.line.split("\n"), change.becomes.split("\n")
    if 1 < len(lines) == len(becomes) and all(a.split("=")[0] == b.split("=")[0] for a, b in zip(lines, becomes, strict=True)):
        for line, new in zip(lines, becomes, strict=True):
            if line != new:
                yield Hypothesis((Change(replace(change.page, line=line), new),))


def _gradients() -> list[Tensor]:
    import torch

    generator = torch.Generator().manual_seed(11)
    return [torch.randn(3, dtype=torch.float64, generator=generator) * size for size in (1.0, 0.2, 3.0, 0.7, 1.4)]


def _start() -> Tensor:
    import torch

    return torch.tensor([0.9, -1.3, 2.1], dtype=torch.float64)


_KNOWN: dict[tuple[object, ...], Tensor] = {}


def _predicted(task: str, hypothesis: Hypothesis, hyper: Mapping[str, float], positive: bool) -> Tensor:
    """θ after each step of the changed formula."""
    import torch

    key = (task, hypothesis, tuple(sorted(hyper.items())), positive)
    if key not in _KNOWN:
        step = clinic.program(task, hypothesis.changes)[f"{task}_step"]
        theta = _start()
        m, v = torch.zeros_like(theta), torch.zeros_like(theta)
        thetas = []
        for t, g in enumerate(_gradients(), 1):
            g = g.abs() if positive else g
            if task == "sgd":
                theta = step(theta, g, hyper["lr"])
            elif task == "momentum":
                theta, v = step(theta, g, v, hyper["lr"], hyper["mu"])
            else:
                options = [hyper[name] for name in ("lr", "beta1", "beta2", "eps", "weight_decay")]
                theta, m, v = step(theta, g, m, v, t, *options)
            thetas.append(theta)
        _KNOWN[key] = torch.stack(thetas)
    return _KNOWN[key]


class _Run:
    """A rule with one of its statements read, and the formula for the others."""

    def __init__(self, rule: Rule, part: str, reading: Node, text: str, many: bool) -> None:
        self.rule, self.part, self.reading, self.text, self.many = rule, part, reading, text, many
        self.hyper = dict(HYPER)
        if rule.task == "adam" and not (part == "step" and rule.gradient is not None):
            self.hyper["weight_decay"] = 0.0
        self.now: dict[str, Tensor] = {}
        self.depth = 0
        self.decays: dict[tuple[str, str], str] = {}
        self._numbers()
        self._scalars()

    def _statement(self) -> Statement:
        rule = self.rule
        at = {"first": rule.first, "second": rule.second, "step": rule.steps[-1] if rule.steps else None}
        found = at.get(self.part) or rule.corrected.get(self.part[-1])
        assert found is not None
        return found

    def _numbers(self) -> None:
        """Numbers of the text in place of ours: a decay of 0.9, an eps of 1e-8."""
        numbers = [node.value for node in self.reading.walk() if node.kind == "number"]
        tens = [node for node in self.reading.walk() if node.kind == "power" and node.parts[0].value == 10]
        decay = next((x for x in numbers if 0.5 < x < 1), None)
        if decay is not None and self.part in ("first", "second"):
            role = "mu" if self.rule.task == "momentum" else "beta1" if self.part == "first" else "beta2"
            self.hyper[role] = decay
        tiny = next((x for x in numbers if 0 < x <= 1e-4), 1e-8 if tens else None)
        if tiny is not None and self.part == "step" and self.rule.task in ("adam", "adamw"):
            self.hyper["eps"] = tiny

    def _scalars(self) -> None:
        """Symbols beside the old moment are its decay, whatever they are called."""
        for part, own in (("first", self.rule.first), ("second", self.rule.second)):
            if own is None or own.left is None:
                continue
            variable = named(own.left).variable
            role = "mu" if self.rule.task == "momentum" else "beta1" if part == "first" else "beta2"
            for term in own.readings[0].walk():
                if term.kind != "product":
                    continue
                beside = [node for node in term.parts if node.kind == "symbol"]
                if any(named(node).variable == variable for node in beside):
                    for node in beside:
                        if node.name in (*DECAYS, "lambda") and node.below not in ("1", "2"):
                            self.decays[named(node).variable] = role

    def thetas(self, gradients: Sequence[Tensor]) -> Tensor:
        """θ after each step."""
        import torch

        theta, rule, now = _start(), self.rule, self.now
        now |= {"theta": theta, "m": torch.zeros_like(theta), "v": torch.zeros_like(theta)}
        thetas = []
        for t, g in enumerate(gradients, 1):
            now |= {"t": torch.tensor(float(t), dtype=torch.float64), "g": g, "raw": g}
            if rule.task == "sgd":
                self._step()
            elif rule.task == "momentum":
                self._momentum()
            else:
                self._adam(t)
            thetas.append(now["theta"])
        return torch.stack(thetas)

    def _momentum(self) -> None:
        import torch

        now, hyper, rule = self.now, self.hyper, self.rule
        if rule.first is None:
            raise Unreadable("a step without its velocity")
        right = self.reading if self.part == "first" else rule.first.readings[0]
        old = now["v"]
        now["old v"] = old
        now["v"] = self._value(right, rule.first)
        if self.part == "step":
            self._step()
            return
        now["old v"], g = torch.zeros_like(old), now["g"]
        now["g"] = torch.ones_like(g)
        alone = self._value(right, rule.first)
        now["g"] = g
        has_rate = any(self._role(node) == "lr" for node in right.walk() if node.kind == "symbol")
        sign = 1.0 if bool((alone < 0).all()) else -1.0
        now["theta"] = now["theta"] + (now["v"] * sign if has_rate else -hyper["lr"] * now["v"] * -sign)

    def _adam(self, t: int) -> None:
        now, hyper, rule = self.now, self.hyper, self.rule
        if rule.task == "adam" and self.part == "step" and rule.gradient is not None:
            now["g"] = self._value(rule.gradient.readings[0], rule.gradient, raw=True)
        elif rule.task == "adamw" and self.part == "step" and rule.gradient is not None and "weight_decay" in {
            self._role(node) for node in rule.gradient.readings[0].walk() if node.kind == "symbol"
        }:
            raise Unreadable("a decay in the gradient")
        now["old m"], now["old v"] = now["m"], now["v"]
        now["m"] = hyper["beta1"] * now["m"] + (1 - hyper["beta1"]) * now["g"]
        now["v"] = hyper["beta2"] * now["v"] + (1 - hyper["beta2"]) * now["g"] ** 2
        if self.part == "first" and rule.first is not None:
            now["m"] = self._value(self.reading, rule.first)
        if self.part == "second" and rule.second is not None:
            now["v"] = self._value(self.reading, rule.second)
        now["m_hat"] = now["m"] / (1 - hyper["beta1"] ** t)
        now["v_hat"] = now["v"] / (1 - hyper["beta2"] ** t)
        for moment in ("m", "v"):
            if self.part == f"corrected {moment}":
                now[f"{moment}_hat"] = self._value(self.reading, rule.corrected[moment])
        if self.part == "step":
            self._step()
            return
        decay = hyper["lr"] * hyper["weight_decay"] * now["theta"] if rule.task == "adamw" else 0.0
        now["theta"] = now["theta"] - decay - hyper["lr"] * now["m_hat"] / (now["v_hat"].sqrt() + hyper["eps"])

    def _step(self) -> None:
        for statement in self.rule.steps[:-1]:
            self.now["theta"] = self._value(statement.readings[0], statement)
        self.now["theta"] = self._value(self.reading, self.rule.steps[-1])

    def _value(self, node: Node, statement: Statement, raw: bool = False) -> Tensor:
        assert statement.left is not None
        own = named(statement.left)

        def lookup(part: Node) -> Tensor:
            return self._lookup(part, own.variable, raw)

        result = value(node, lookup)
        return result

    def _lookup(self, node: Node, own: tuple[str, str], raw: bool) -> Tensor:
        import torch

        now = self.now
        if node.kind == "total":
            return self._total(node, own, raw)
        if node.kind == "size" or node.kind == "call":
            if node.kind == "size" and self._counts(node):
                return torch.tensor(4.0 if self.many else 1.0, dtype=torch.float64)
            raise Unreadable(node.kind)
        if is_gradient(node):
            written = self.text[node.start : node.end]
            if node.kind == "gradient" and _elsewhere(written):
                raise Unreadable("a gradient at another place")
            return now["raw"] if raw else now["g"]
        name = named(node)
        if name.variable in self.rule.names and self.rule.task != "sgd":
            moment = self.rule.names[name.variable]
            if name.corrected:
                return self._corrected(moment)
            return now[f"old {moment}"] if name.variable == own else now[moment]
        key = (*name.variable, name.corrected)
        if key in self.rule.others and name.variable != own:
            return self._other(self.rule.others[key], raw)
        role = self._role(node)
        if role == "theta":
            return now["theta"]
        if role == "t":
            return now["t"]
        if role == "one":
            return torch.tensor(1.0, dtype=torch.float64)
        if role == "count":
            return torch.tensor(4.0 if self.many else 1.0, dtype=torch.float64)
        if role in self.hyper:
            return torch.tensor(self.hyper[role], dtype=torch.float64)
        raise Unreadable(f"{node.name} has no meaning here")

    def _corrected(self, moment: str) -> Tensor:
        if self.rule.task not in ("adam", "adamw"):
            raise Unreadable("a corrected velocity")
        return self.now[f"{moment}_hat"]

    def _other(self, statement: Statement, raw: bool) -> Tensor:
        """The value of a symbol that the text defines: a corrected moment is right here, since it is judged alone."""
        for moment, one in self.rule.corrected.items():
            if one is statement:
                return self.now[f"{moment}_hat"]
        self.depth += 1
        if self.depth > 5:
            raise Unreadable("a definition of itself")
        result = self._value(statement.readings[0], statement, raw)
        self.depth -= 1
        return result

    def _total(self, node: Node, own: tuple[str, str], raw: bool) -> Tensor:
        """A sum of gradients over samples: as many times the gradient as there are samples."""
        body = node.parts[0]
        if node.name == "mean" or not any(is_gradient(part) for part in body.walk()):
            raise Unreadable("a sum of something else")
        result = value(body, lambda part: self._lookup(part, own, raw))
        return result * (4.0 if self.many else 1.0)

    def _counts(self, node: Node) -> bool:
        return node.parts[0].kind == "symbol" and node.parts[0].name in ("B", "D", "S", "b", "N", "I")

    def _role(self, node: Node) -> str:
        """What a symbol that the text does not define is, by its name."""
        name, task = node.name, self.rule.task
        variable = named(node).variable
        if variable in self.decays:
            return self.decays[variable]
        if name in PARAMETERS and not (name == "b" and node.below in ("1", "2")):
            return "theta"
        if name in ("t", "k", "i") and not node.below:
            return "t"
        if name in ("beta", "rho", "b", "gamma", "mu") and node.below in ("1", "2") and task in ("adam", "adamw"):
            return f"beta{node.below}"
        if name in ("lambda", "wd", "weight_decay"):
            return "weight_decay" if task in ("adam", "adamw") else "lr" if name == "lambda" else ""
        if name in EPS and task in ("adam", "adamw"):
            return "eps"
        if name == "eta" and task == "adamw" and self._has("alpha"):
            return "one"  # the schedule of Loshchilov & Hutter
        if name in RATES and (name != "gamma" or task != "momentum"):
            return "lr"
        if name in DECAYS:
            return "mu" if task == "momentum" else "beta1" if self.part == "first" else "beta2" if self.part == "second" else ""
        if name in ("n", "N", "M", "B", "m") and not node.accents:
            return "count"
        return ""

    def _has(self, name: str) -> bool:
        return any(node.kind == "symbol" and node.name == name for node in self.reading.walk())


def _elsewhere(written: str) -> bool:
    """Whether a gradient is taken at another point than the parameters: Nesterov's looks ahead."""
    import re

    plain = re.sub(r"[tkin]\s*[-−+]\s*1", "", written)
    return bool(re.search(r"(?<![_^])[-−+]", plain))
