"""Runs an update rule of a text: one of its statements as it is written, the formula for all others."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from byhand.judge.prose.evaluate import value
from byhand.judge.prose.notation import DECAYS, EPS, PARAMETERS, RATES, is_gradient, named
from byhand.judge.prose.rule import WEIGHT_DECAY, Part, Rule, decays
from byhand.judge.prose.tree import Node, Statement, Unreadable

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["HYPER", "Run", "gradients", "start"]

HYPER = {"lr": 0.37, "beta1": 0.72, "beta2": 0.85, "mu": 0.66, "eps": 0.11, "weight_decay": 0.23}
"""Far from each other and from 1, so that no two mistakes look alike."""
SAMPLES = 4.0
"""How many samples a sum of gradients has, where a text sums them."""
DEEPEST = 5
"""How far the definitions of a text may refer to each other."""
_TIME = re.compile(r"[tkin]\s*[-−+]\s*1")
_MOVED = re.compile(r"(?<![_^])[-−+]")


class Run:
    """A rule with one of its statements in one reading. ``many``: whether a Σ over samples adds up several."""

    def __init__(self, rule: Rule, part: Part, reading: Node, text: str, many: bool) -> None:
        self.rule, self.part, self.text = rule, part, text
        self.reading = _in_symbols(reading, part, rule.task)
        self.samples = SAMPLES if many else 1.0
        self.now: dict[str, Tensor] = {}
        self._depth = 0
        self._decays = dict(self._own_decays())
        decays = rule.task == "adamw" or (part == "step" and rule.gradient is not None)
        self.hyper = HYPER if decays else {**HYPER, "weight_decay": 0.0}

    def thetas(self, given: Sequence[Tensor]) -> Tensor:
        """θ after each step, for the gradients ``given``."""
        import torch

        zero = torch.zeros_like(start())
        self.now = {"theta": start(), "m": zero, "v": zero}
        step = {"sgd": self._step, "momentum": self._momentum}.get(self.rule.task, self._adam)
        found = []
        for t, g in enumerate(given, 1):
            self.now |= {"t": _number(t), "g": g, "raw": g}
            step()
            found.append(self.now["theta"])
        return torch.stack(found)

    def _momentum(self) -> None:
        now, rule = self.now, self.rule
        if rule.first is None:
            raise Unreadable("a step without its velocity")
        right = self.reading if self.part == "first" else rule.first.readings[0]
        now["old v"] = now["v"]
        velocity = self._value(right, rule.first)
        if self.part == "step":
            now["v"] = velocity
            self._step()
            return
        # A velocity alone: it may have the learning rate, and the minus of the step.
        g = now["g"]
        now |= {"old v": now["v"] * 0, "g": g * 0 + 1}
        upwards = bool((self._value(right, rule.first) > 0).all())
        now |= {"v": velocity, "g": g}
        has_rate = any(self._role(node) == "lr" for node in right.walk() if node.kind == "symbol")
        now["theta"] = now["theta"] - velocity * (1 if upwards else -1) * (1 if has_rate else self.hyper["lr"])

    def _adam(self) -> None:
        now, hyper, rule = self.now, self.hyper, self.rule
        if self.part == "step" and rule.gradient is not None and not (rule.task == "adamw" and self._decayed()):
            now["g"] = self._value(rule.gradient.readings[0], rule.gradient, raw=True)
        g, beta1, beta2, t = now["g"], hyper["beta1"], hyper["beta2"], now["t"]
        now |= {"old m": now["m"], "old v": now["v"]}
        now["m"] = beta1 * now["m"] + (1 - beta1) * g
        now["v"] = beta2 * now["v"] + (1 - beta2) * g**2
        if self.part in ("first", "second"):
            now["m" if self.part == "first" else "v"] = self._value(self.reading, rule.statement(self.part))
        now |= {"m_hat": now["m"] / (1 - beta1**t), "v_hat": now["v"] / (1 - beta2**t)}
        if self.part in ("corrected m", "corrected v"):
            now[f"{self.part[-1]}_hat"] = self._value(self.reading, rule.statement(self.part))
        if self.part == "step":
            self._step()
            return
        decay = hyper["lr"] * hyper["weight_decay"] * now["theta"] if rule.task == "adamw" else 0.0
        now["theta"] = now["theta"] - decay - hyper["lr"] * now["m_hat"] / (now["v_hat"].sqrt() + hyper["eps"])

    def _step(self) -> None:
        for statement in self.rule.steps[:-1]:
            self.now["theta"] = self._value(statement.readings[0], statement)
        self.now["theta"] = self._value(self.reading, self.rule.steps[-1])

    def _decayed(self) -> bool:
        """Whether the step has a weight decay of its own."""
        return any(map(decays, (self.reading, *(statement.readings[0] for statement in self.rule.steps[:-1]))))

    def _value(self, node: Node, statement: Statement, raw: bool = False) -> Tensor:
        """The value of a statement's right side; ``raw``: with the gradient before a weight decay is added."""
        assert statement.left is not None
        name = named(statement.left)
        own = ("", "") if name.corrected else name.variable
        return value(node, lambda part: self._lookup(part, own, raw))

    def _lookup(self, node: Node, own: tuple[str, str], raw: bool) -> Tensor:
        if node.kind == "total":
            return self._total(node, lambda part: self._lookup(part, own, raw))
        if node.kind == "size" and self._counts(node.parts[0]):
            return _number(self.samples)
        if is_gradient(node):
            if node.kind == "gradient" and _MOVED.search(_TIME.sub("", self.text[node.start : node.end])):
                raise Unreadable("a gradient at another place, as Nesterov's")
            return self.now["raw" if raw else "g"]
        if node.kind != "symbol":
            raise Unreadable(node.kind)
        name = named(node)
        if name.variable in self.rule.names:
            return self._moment(self.rule.names[name.variable], name.corrected, name.variable == own)
        other = self.rule.others.get((*name.variable, name.corrected))
        if other is not None and name.variable != own:
            return self._defined(other, raw)
        return self._given(self._role(node), node.name)

    def _moment(self, moment: str, corrected: bool, own: bool) -> Tensor:
        if corrected and self.rule.task == "momentum":
            raise Unreadable("a corrected velocity")
        return self.now[f"{moment}_hat" if corrected else f"old {moment}" if own else moment]

    def _defined(self, statement: Statement, raw: bool) -> Tensor:
        """The value of a symbol that the text defines: a corrected moment is right here, since it is judged alone."""
        for moment, one in self.rule.corrected.items():
            if one is statement:
                return self.now[f"{moment}_hat"]
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unreadable("definitions that refer to each other")
        result = self._value(statement.readings[0], statement, raw)
        self._depth -= 1
        return result

    def _given(self, role: str, name: str) -> Tensor:
        if role in ("theta", "t"):
            return self.now[role]
        if role == "one":
            return _number(1.0)
        if role == "count":
            return _number(self.samples)
        if role in self.hyper:
            return _number(self.hyper[role])
        raise Unreadable(f"{name} has no meaning here")

    def _total(self, node: Node, lookup: Callable[[Node], Tensor]) -> Tensor:
        """A sum of gradients over samples: as many times the gradient as there are samples."""
        if node.name == "mean" or self.rule.task not in ("sgd", "momentum") or not is_gradient(node.parts[0]):
            raise Unreadable("a sum of something else")
        return value(node.parts[0], lookup) * self.samples

    def _counts(self, node: Node) -> bool:
        return node.kind == "symbol" and node.name in ("B", "D", "S", "b", "N", "I")

    def _role(self, node: Node) -> str:
        """What a symbol that the text does not define is, by its name; "" if that is unknown."""
        name, task = node.name, self.rule.task
        adaptive, numbered = task in ("adam", "adamw"), node.below in ("1", "2")
        own = {"first": "beta1", "second": "beta2", "corrected m": "beta1", "corrected v": "beta2"}
        if (variable := named(node).variable) in self._decays:
            return self._decays[variable]
        if adaptive and numbered and name in DECAYS:
            return f"beta{node.below}"
        if name in PARAMETERS:
            return "theta"
        if name in ("t", "k", "i") and not node.below:
            return "t"
        if adaptive and name in WEIGHT_DECAY:
            return "weight_decay"
        if adaptive and name in EPS:
            return "eps"
        if name == "eta" and task == "adamw" and any(one.name == "alpha" for one in self.reading.walk()):
            return "one"  # the schedule of Loshchilov & Hutter
        if name in RATES and (name != "gamma" or task != "momentum"):
            return "lr"
        if name in DECAYS:
            return "mu" if task == "momentum" else own.get(self.part, "")
        return "count" if name in ("n", "N", "M", "B", "m") and not node.accents else ""

    def _own_decays(self) -> list[tuple[tuple[str, str], str]]:
        """Symbols beside an old moment: they are its decay, whatever they are called."""
        found = []
        roles = ("mu", "") if self.rule.task == "momentum" else ("beta1", "beta2")
        for statement, role in zip((self.rule.first, self.rule.second), roles, strict=True):
            if statement is None or statement.left is None:
                continue
            variable = named(statement.left).variable
            for term in statement.readings[0].walk():
                beside = [node for node in term.parts if node.kind == "symbol"] if term.kind == "product" else []
                if any(named(node).variable == variable for node in beside):
                    decays = [
                        node for node in beside if node.name in (*DECAYS, "lambda") and node.below not in ("1", "2")
                    ]
                    found += [(named(node).variable, role) for node in decays]
        return found


def _in_symbols(node: Node, part: Part, task: str) -> Node:
    """A statement with symbols for the numbers that stand for them: a decay of 0.9 and its 0.1, an ε of 1e-8."""
    numbers = [one.value for one in node.walk() if one.kind == "number"]
    decay = next((x for x in numbers if 0.5 < x < 1), 0.0) if part in ("first", "second") else 0.0
    symbol = Node("symbol", "beta", below="" if task == "momentum" else "1" if part == "first" else "2")
    rest = Node("sum of", parts=(Node("number", value=1.0), Node("minus", parts=(symbol,))))
    epsilon = Node("symbol", "epsilon")

    def replaced(one: Node) -> Node:
        if decay and one.kind == "number" and abs(one.value - decay) < 1e-12:
            return symbol
        if decay and one.kind == "number" and abs(one.value - (1 - decay)) < 1e-12:
            return rest
        tiny = (one.kind == "number" and 0 < one.value <= 1e-4) or (one.kind == "power" and one.parts[0].value == 10)
        if tiny and part == "step" and task in ("adam", "adamw"):
            return epsilon
        return replace(one, parts=tuple(replaced(inner) for inner in one.parts))

    return replaced(node)


def _number(x: float) -> Tensor:
    import torch

    return torch.tensor(float(x), dtype=torch.float64)


@cache
def gradients() -> tuple[Tensor, ...]:
    """The gradients of the steps, of different sizes and signs."""
    import torch

    generator = torch.Generator().manual_seed(11)
    sizes = (1.0, 0.2, 3.0, 0.7, 1.4)
    return tuple(torch.randn(3, dtype=torch.float64, generator=generator) * size for size in sizes)


@cache
def start() -> Tensor:
    """The first θ."""
    import torch

    return torch.tensor([0.9, -1.3, 2.1], dtype=torch.float64)
