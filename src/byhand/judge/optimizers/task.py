"""The four optimizers, as the judge knows them: one task each, alike but for the formula."""

from __future__ import annotations

import ast
import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from byhand.judge.compare import close
from byhand.judge.model import FLOAT32, Definition, Finding, Outcome, Probe
from byhand.judge.optimizers.beyond import beyond, of_error, page_id
from byhand.judge.optimizers.faults import own_fault
from byhand.judge.optimizers.reading import SCALARS, TORCH
from byhand.judge.optimizers.run import observe
from byhand.judge.optimizers.shape import GRADIENT, TENSOR, Shape
from byhand.judge.optimizers.source import Source
from byhand.judge.optimizers.stream import (
    GradientStream,
    after_step,
    long_stream,
    round_stream,
    run,
    shown,
    trainings,
    wide_stream,
)
from byhand.judge.optimizers.ways import Way, ways
from byhand.judge.optimizers.words import (
    HYPER,
    NEEDS,
    STATES,
    is_generic,
    is_helper,
    plain,
    roles,
    says_nothing_else,
    spoken_of,
)
from byhand.judge.phrases import Text
from byhand.judge.session import Session
from byhand.judge.task import Names, Task

STREAM = "stream"
"""Of a probe's inputs: the run."""


@lru_cache(64)
def source_of(task: str, definition: Definition) -> Source:
    """The text of a definition, read once."""
    return Source(task, definition)


class OptimizerTask(Task[Way]):
    """One of the four."""

    def __init__(self, name: str) -> None:
        self.name = name

    def recognises(self, definition: Definition) -> float:
        """By name, heading and parameters; 0 for what can't be called for one step."""
        source = source_of(self.name, definition)
        shape = source.shape
        if shape is None or (is_helper(definition.name) and not shape.made):
            return 0.0
        named = spoken_of(definition.name)
        if "other" in named:
            return 0.0
        if named:
            sure = 0.95 if says_nothing_else(definition.name) else 0.5
            return sure if self.name == _chosen(named, source) else 0.0
        headed = spoken_of(definition.heading) - {"other"}
        generic = is_generic(definition.name)
        if not headed and (generic or definition.is_class):
            headed = spoken_of((ast.get_docstring(definition.node) or "").partition("\n")[0]) - {"other"}
        if not (generic or definition.is_class or headed) or not self._complete(shape):
            return 0.0
        if headed and self.name == _chosen(headed, source):
            return 0.9 if generic and len(headed) == 1 else 0.6
        return 0.5 if not headed and self.name == _by_parameters(source) else 0.0

    def bears(self, name: str) -> bool:
        """By the words in it; AdamW before Adam, momentum before SGD."""
        named = spoken_of(name)
        likely = next((task for task in ("adamw", "adam", "momentum", "sgd") if task in named), "")
        return likely == self.name and "other" not in named and not is_helper(name)

    def conventions(self, definition: Definition) -> Iterable[Way]:
        """Ways that its text allows."""
        return ways(source_of(self.name, definition))

    def ordinary(self, convention: Way, rng: np.random.Generator) -> Sequence[Probe]:
        """Few steps in round numbers, many, long ones, and tensors of more shapes with numbers of all sizes."""
        count, scalar = 2 if convention.together else 1, convention.container in SCALARS
        fixed = self._fixed(convention)
        steps = round_stream(count, scalar, fixed)
        probes = [
            _probe("one step", replace(steps, gradients=steps.gradients[:1])),
            _probe("three steps", steps),
            _probe("a long stream", long_stream(rng, count, scalar, fixed)),
        ]
        if convention.shape.asks:  # a minimiser stops where the gradient is 0, and goes its way in one call
            return [*probes[:2], _probe("a few long steps", long_stream(rng, count, scalar, fixed).until(4))]
        if (form := _wide(convention)) is not None:
            probes.append(_probe("tensors of all sizes", wide_stream(rng, *form, fixed)))
        if convention.zero and convention.graded:
            probes.append(_probe("zero_grad", replace(steps, zero=True)))
        probes += [_probe(name, stream) for name, stream in trainings(rng, count, scalar, fixed)]
        return [_held(convention, probe) for probe in probes]

    def edges(self, convention: Way, rng: np.random.Generator) -> Sequence[Probe]:
        """No gradient, a gradient of zeros, a rate that changes, a generator."""
        count, scalar = 2 if convention.together else 1, convention.container in SCALARS
        fixed = self._fixed(convention)
        stream = round_stream(count, scalar, fixed)
        rows = stream.gradients
        zeros = tuple(np.zeros_like(theta) for theta in stream.theta)
        probes = [_probe("a zero gradient", replace(stream, gradients=(zeros, *rows)), edge=True)]
        if convention.shape.asks:
            return []
        if convention.container in TORCH and convention.graded and count > 1:
            some = ((rows[0][0], None), rows[1], (None, rows[2][1]), rows[1])
            probes.append(_probe("a None gradient", replace(stream, gradients=some), edge=True))
        if convention.container in TORCH and convention.graded and convention.zero:
            probes.append(_probe("zero_grad before the first gradient", replace(stream, early=True), edge=True))
        if convention.rate and "lr" in convention.hyper:
            rates = (stream.hyper["lr"], stream.hyper["lr"] / 2, stream.hyper["lr"] * 2)
            probes.append(_probe("the learning rate changes", replace(stream, rates=rates), edge=True))
        if self.name == "momentum" and "mu" in convention.hyper:
            still = replace(stream, hyper={**stream.hyper, "mu": 0.0})
            probes.append(_probe("momentum 0", still, edge=True))
        if convention.generator and _stores(convention) and convention.graded and convention.bundle == "list":
            probes.append(_probe("a generator", replace(stream, generator=True), edge=True))
        return [_held(convention, probe) for probe in probes]

    def observe(self, session: Session, definition: Definition, convention: Way, probe: Probe) -> Outcome:
        """The values of each tensor after each step."""
        return observe(session, definition, self.name, convention, _stream(probe))

    def predict(self, names: Names, convention: Way, probe: Probe) -> Outcome:
        """Likewise, of the formula's class."""
        return run(self.name, names, _stream(probe), convention.together)

    def show(self, probe: Probe) -> Text:
        """Start, gradients and options."""
        return shown(_stream(probe), NEEDS[self.name])

    def reading(self, convention: Way) -> Hashable:
        """The stream, and whether it is one of several tensors."""
        zero = convention.zero if convention.graded else ""
        container = (convention.container in SCALARS, convention.container in TORCH)
        options = (convention.rate, frozenset(convention.hyper), convention.fixed)
        form = (convention.bundle, convention.held, convention.count, convention.shape.asks, _wide(convention))
        return container, form, convention.graded, zero, _stores(convention), options

    def counterexample(self, probe: Probe, observed: Outcome, expected: Outcome) -> tuple[Text, Text, Text]:
        """No more steps than it takes, and the whole tensor."""
        stream = _stream(probe)
        for row, step in enumerate(stream.observed):
            for name in expected.values:
                if name in observed.values and len(observed.values[name]) == len(expected.values[name]):
                    yours, formula = observed.values[name][row], expected.values[name][row]
                    scale = expected.scale.get(name, expected.values[name])[row]
                    for part, place, shape in stream.places(name):
                        a, b = yours[place].reshape(shape), formula[place].reshape(shape)
                        if not close(a, b, FLOAT32, scale[place].reshape(shape)):
                            given = shown(stream.until(step + 1), NEEDS[self.name])
                            return given, after_step(part, step, a), after_step(part, step, b)
        return super().counterexample(probe, observed, expected)

    def parts(self, convention: Way) -> Sequence[str]:
        """The two tensors, where they are moved together."""
        return ("parameter 1", "parameter 2") if convention.together else ()

    def beyond(
        self, session: Session, definition: Definition, convention: Way, rng: np.random.Generator
    ) -> Iterable[Finding]:
        """Storage, gradients, graph, dtype, defaults, the library inside."""
        return beyond(session, definition, self.name, convention, source_of(self.name, definition))

    def of_error(self, definition: Definition, outcome: Outcome) -> Finding | None:
        """Exceptions that tell their mistake."""
        return of_error(self.name, definition, outcome, source_of(self.name, definition))

    def page_of(self, edge: Probe, observed: Outcome) -> str:
        """A generator that leads elsewhere, without an error, has been gone through before."""
        if not _stream(edge).generator or observed.error:
            return ""
        return page_id(self.name, "params-generator-exhausted")

    def refusal(self, definition: Definition) -> str:
        """The parameters, or the method, for which there is no known value."""
        if not (self.bears(definition.name) and says_nothing_else(definition.name)):
            return ""
        return source_of(self.name, definition).refusal

    def called_wrongly(self, definition: Definition, convention: Way, outcome: Outcome) -> bool:
        """Not if there is one way to call it, or if the exception speaks of the learner's own names."""
        if outcome.error in ("Shape", "NotThere") or re.search(r"'(Box|Holder)'", outcome.message):
            return True  # a stand-in of ours is less than what the program was written for
        if own_fault(definition, outcome, source_of(self.name, definition)):
            return False
        shape = convention.shape
        needs = any(parameter.required for parameter in shape.arguments)
        standard = shape.construct is not None and convention.graded and not needs
        if convention.outside and re.search(r"shape|broadcast|size|dimension", outcome.message):
            return True  # what it keeps outside may be of a shape that the text does not tell
        if shape.asks:
            return True
        own = re.search(rf"'{definition.name}'|NoneType|broadcast|shape|for \^:|bitwise_xor", outcome.message)
        return not (standard or own)

    def _complete(self, shape: Shape) -> bool:
        """Whether it has what the formula needs, so that a name may be missing: zero_grad(params) has not."""
        if shape.has("config"):
            return True
        if shape.layout and "lr" in [role for _, role in shape.layout.options]:
            return self.name == "sgd"
        kept = shape.construct is not None or shape.has("state")
        if STATES[self.name] and all(shape.has(role) for role in STATES[self.name]) and shape.has("grads"):
            return True
        return shape.has("lr") and (kept or all(shape.has(role) for role in STATES[self.name]))

    def _fixed(self, way: Way) -> dict[str, float]:
        """Values of the hyperparameters that are not ours to choose, or that the formula has not."""
        return dict.fromkeys(set(HYPER) - set(NEEDS[self.name]), 0.0) | dict(way.fixed)


def _probe(name: str, stream: GradientStream, edge: bool = False) -> Probe:
    return Probe(name, edge, {STREAM: stream})


def _held(way: Way, probe: Probe) -> Probe:
    """A probe whose tensors are as many as the program takes, in the shape of the state that it keeps."""
    return replace(probe, inputs={STREAM: way.fitted(_stream(probe))})


def _wide(way: Way) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]] | None:
    """Shapes of more tensors than two, and the parameter of the outcome that each belongs to."""
    if not way.together:
        return ((() if way.container in SCALARS else (3,),), (0,))
    if not way.countless or way.bundle in ("pair", "lists"):
        return None
    if way.container in SCALARS:
        return ((),) * 4, (0, 1, 0, 1)
    if way.bundle == "dict":
        return ((2,), (3,), (2, 2), (1,)), (0, 1, 0, 1)
    return ((2,), (2, 2), (2,), (1,), (2, 1, 1, 2)), (0, 1, 0, 0, 1)


def _stores(way: Way) -> bool:
    """Whether its constructor is given the parameters."""
    return any(p.role == "params" for p in way.shape.construct or ())


def _stream(probe: Probe) -> GradientStream:
    stream = probe.inputs[STREAM]
    assert isinstance(stream, GradientStream)
    return stream


def _chosen(named: set[str], source: Source) -> str:
    """Which of several is meant: AdamW before Adam, and SGD with a momentum is momentum."""
    for name in ("adamw", "adam"):
        if name in named:
            return name
    if "momentum" in named:
        return "momentum"
    return "momentum" if _has_momentum(source) else "sgd"


def _has_momentum(source: Source) -> bool:
    node = source.definition.node
    function = source.method("__init__") if isinstance(node, ast.ClassDef) else node
    names = [plain(arg.arg) for arg in (*function.args.args, *function.args.kwonlyargs)] if function else []
    return bool({"momentum", "mu", "beta", "rho", "gamma", "velocity", "动量", "动量系数"} & set(names))


def _by_parameters(source: Source) -> str:
    """Which it is if no name says so."""
    shape = source.shape
    assert shape is not None
    others = [p.name for p in shape.parameters if not p.role.startswith((TENSOR, GRADIENT))]
    meant = {role for name in others for role in roles("adamw", name, True)[:1]}
    if {"betas", "beta2"} & meant:
        return "adamw" if "weight_decay" in meant else "adam"
    if _has_momentum(source):
        return "momentum"
    kept = [role for _, role in shape.layout.options] if shape.layout else []
    return "sgd" if "lr" in [*kept, *(p.role for p in shape.parameters)] else ""
