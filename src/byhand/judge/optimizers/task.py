"""How the four optimizers are judged: one task each, which differ only in the formula."""

from __future__ import annotations

import ast
import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from byhand.judge.compare import close
from byhand.judge.model import FLOAT32, Definition, Finding, Outcome, Probe
from byhand.judge.optimizers.faults import expects_other_arrays, own_fault
from byhand.judge.optimizers.further_checks import further_checks, of_error, page_id
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
    has_no_other_word,
    is_generic,
    is_helper,
    mentioned,
    plain,
    roles,
)
from byhand.judge.phrases import Text
from byhand.judge.session import Session
from byhand.judge.task import Names, Task

STREAM = "stream"
"""The key of a probe's inputs under which the stream is."""


@lru_cache(64)
def source_of(task: str, definition: Definition) -> Source:
    """The text of a definition, analysed once."""
    return Source(task, definition)


class OptimizerTask(Task[Way]):
    """The task of one of the four optimizers."""

    def __init__(self, name: str) -> None:
        self.name = name

    def recognises(self, definition: Definition) -> float:
        """By name, heading and parameters; 0 if it can't be called for one step."""
        source = source_of(self.name, definition)
        shape = source.shape
        if shape is None or (is_helper(definition.name) and not shape.is_factory):
            return 0.0
        named = mentioned(definition.name)
        if "other" in named:
            return 0.0
        if named:
            sure = 0.95 if has_no_other_word(definition.name) else 0.5
            return sure if self.name == _chosen(named, source) else 0.0
        headed = mentioned(definition.heading) - {"other"}
        generic = is_generic(definition.name)
        if not headed and (generic or definition.is_class):
            headed = mentioned((ast.get_docstring(definition.node) or "").partition("\n")[0]) - {"other"}
        if not (generic or definition.is_class or headed) or not self._complete(shape):
            return 0.0
        if headed and self.name == _chosen(headed, source):
            return 0.9 if generic and len(headed) == 1 else 0.6
        return 0.5 if not headed and self.name == _by_parameters(source) else 0.0

    def bears(self, name: str) -> bool:
        """Whether its words name this optimizer; AdamW comes before Adam, momentum before SGD."""
        named = mentioned(name)
        likely = next((task for task in ("adamw", "adam", "momentum", "sgd") if task in named), "")
        return likely == self.name and "other" not in named and not is_helper(name)

    def conventions(self, definition: Definition) -> Iterable[Way]:
        """The ways that its text allows."""
        return ways(source_of(self.name, definition))

    def again(self, definition: Definition, conventions: Sequence[Way], alike: bool = False) -> Sequence[Way]:
        """The same ways, which remember nothing; read from the text again unless it is ``alike``."""
        return conventions if alike else super().again(definition, conventions)

    def ordinary(self, convention: Way, rng: np.random.Generator) -> Sequence[Probe]:
        """Few steps in round numbers, many steps, large steps, and more shapes with numbers of all scales."""
        count, scalar = 2 if convention.together else 1, convention.container in SCALARS
        fixed = self._fixed(convention)
        steps = round_stream(count, scalar, fixed)
        probes = [
            _probe("one step", replace(steps, gradients=steps.gradients[:1])),
            _probe("three steps", steps),
            _probe("a long stream", long_stream(rng, count, scalar, fixed)),
        ]
        if convention.shape.is_minimiser:  # it stops at a gradient of 0, and its steps can't be observed one by one
            few = long_stream(rng, count, scalar, fixed).until(4)
            few = few if scalar else few.shaped(few.theta[0][:2].shape)  # toy functions are often those of two numbers
            probes[2] = _probe("a few long steps", few)
            return [_fitted(convention, probe) for probe in probes]
        if (form := _wide(convention)) is not None:
            probes.append(_probe("tensors of all sizes", wide_stream(rng, *form, fixed)))
        if convention.zero_grad and convention.in_grad:
            probes.append(_probe("zero_grad", replace(steps, zero=True)))
        probes += [_probe(name, stream) for name, stream in trainings(rng, count, scalar, fixed)]
        return [_fitted(convention, probe) for probe in probes]

    def edges(self, convention: Way, rng: np.random.Generator) -> Sequence[Probe]:
        """A gradient of None or of zeros, a changing learning rate, a generator of parameters."""
        count, scalar = 2 if convention.together else 1, convention.container in SCALARS
        fixed = self._fixed(convention)
        stream = round_stream(count, scalar, fixed)
        rows = stream.gradients
        zeros = tuple(np.zeros_like(theta) for theta in stream.theta)
        probes = [_probe("a zero gradient", replace(stream, gradients=(zeros, *rows)), edge=True)]
        if convention.shape.is_minimiser:
            return []
        if convention.without_gradients and convention.in_grad and count > 1:
            some = ((rows[0][0], None), rows[1], (None, rows[2][1]), rows[1])
            probes.append(_probe("a None gradient", replace(stream, gradients=some), edge=True))
        if convention.container in TORCH and convention.in_grad and convention.zero_grad:
            probes.append(
                _probe("zero_grad before the first gradient", replace(stream, zero_grad_first=True), edge=True)
            )
        if convention.rate_place and "lr" in convention.hyper:
            rates = (stream.hyper["lr"], stream.hyper["lr"] / 2, stream.hyper["lr"] * 2)
            probes.append(_probe("the learning rate changes", replace(stream, rates=rates), edge=True))
        if self.name == "momentum" and "mu" in convention.hyper:
            still = replace(stream, hyper={**stream.hyper, "mu": 0.0})
            probes.append(_probe("momentum 0", still, edge=True))
        if convention.generator and _stores(convention) and convention.in_grad and convention.bundle == "list":
            probes.append(_probe("a generator", replace(stream, generator=True), edge=True))
        return [_fitted(convention, probe) for probe in probes]

    def observe(self, session: Session, definition: Definition, convention: Way, probe: Probe) -> Outcome:
        """The values of each tensor after each step."""
        return observe(session, definition, self.name, convention, _stream(probe))

    def predict(self, names: Names, convention: Way, probe: Probe) -> Outcome:
        """The values by the formula's class."""
        return run(self.name, names, _stream(probe), convention.together)

    def show(self, probe: Probe) -> Text:
        """Start, gradients and options as one line."""
        return shown(_stream(probe), NEEDS[self.name])

    def reading(self, convention: Way) -> Hashable:
        """Everything that determines the streams of a convention."""
        zero = convention.zero_grad if convention.in_grad else ""
        container = (convention.container in SCALARS, convention.container in TORCH, convention.without_gradients)
        options = (convention.rate_place, frozenset(convention.hyper), convention.fixed)
        rounding = (convention.digits, convention.rounds_states)
        form = (convention.bundle, convention.state_shape, convention.count, _wide(convention), rounding)
        minimiser = (convention.shape.is_minimiser, convention.shape.derives)
        return container, form, minimiser, convention.in_grad, zero, _stores(convention), options

    def counterexample(self, probe: Probe, observed: Outcome, expected: Outcome) -> tuple[Text, Text, Text]:
        """The shortest stream on which they differ, and the first tensor that differs."""
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
        """The two tensors, if one step updates both."""
        return ("parameter 1", "parameter 2") if convention.together else ()

    def further_checks(
        self, session: Session, definition: Definition, convention: Way, rng: np.random.Generator
    ) -> Iterable[Finding]:
        """Storage, gradients, graph, dtype, defaults, calls of a library."""
        return further_checks(session, definition, self.name, convention, source_of(self.name, definition))

    def of_error(self, definition: Definition, outcome: Outcome) -> Finding | None:
        """The mistake that this exception alone identifies."""
        return of_error(self.name, definition, outcome, source_of(self.name, definition))

    def page_of(self, edge: Probe, observed: Outcome) -> str:
        """For a generator without an error: the parameters were iterated over twice."""
        if not _stream(edge).generator or observed.error:
            return ""
        return page_id(self.name, "params-generator-exhausted")

    def refusal(self, definition: Definition) -> str:
        """The parameters without a known meaning, or the methods, if its name says that it is this task."""
        if not (self.bears(definition.name) and has_no_other_word(definition.name)):
            return ""
        return source_of(self.name, definition).refusal

    def called_wrongly(self, definition: Definition, convention: Way, outcome: Outcome) -> bool:
        """Whether the exception may come from the judge's arguments.

        Not if there is only one way to call it, or if the exception mentions the learner's own names.
        """
        if outcome.error in ("Shape", "NotThere") or re.search(r"'(Box|Holder)'", outcome.message):
            return True  # the judge's stand-in lacks something that the program needs
        if expects_other_arrays(outcome):
            return True
        if own_fault(definition, outcome, source_of(self.name, definition)):
            return False
        shape = convention.shape
        needs = any(parameter.required for parameter in shape.arguments)
        standard = shape.construct is not None and convention.in_grad and not needs
        if convention.keeps_global_state and re.search(r"shape|broadcast|size|dimension", outcome.message):
            return True  # its global state may have a shape that the text does not show
        if shape.is_minimiser:
            return True
        own = re.search(rf"'{definition.name}'|NoneType|broadcast|shape|for \^:|bitwise_xor", outcome.message)
        return not (standard or own)

    def _complete(self, shape: Shape) -> bool:
        """Whether its parameters suffice to recognise it without a name; those of zero_grad(params) do not."""
        if shape.has("config"):
            return True
        if shape.layout and "lr" in [role for _, role in shape.layout.options]:
            return self.name == "sgd"
        kept = shape.construct is not None or shape.has("state")
        if STATES[self.name] and all(shape.has(role) for role in STATES[self.name]) and shape.has("grads"):
            return True
        return shape.has("lr") and (kept or all(shape.has(role) for role in STATES[self.name]))

    def _fixed(self, way: Way) -> dict[str, float]:
        """Values of hyperparameters that can't be set; 0 for those that the formula does not have."""
        return dict.fromkeys(set(HYPER) - set(NEEDS[self.name]), 0.0) | dict(way.fixed)


def _probe(name: str, stream: GradientStream, edge: bool = False) -> Probe:
    return Probe(name, edge, {STREAM: stream})


def _fitted(way: Way, probe: Probe) -> Probe:
    """The probe with the number and shape of tensors that the program takes."""
    return replace(probe, inputs={STREAM: way.fitted(_stream(probe))})


def _wide(way: Way) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]] | None:
    """The shapes of the tensors in a wide stream, and the parameter of the outcome to which each belongs."""
    if not way.together:
        return ((() if way.container in SCALARS else (3,),), (0,))
    if not way.any_number or way.bundle in ("pair", "lists"):
        return None
    if way.container in SCALARS:
        return ((),) * 4, (0, 1, 0, 1)
    if way.bundle == "dict":
        return ((2,), (3,), (2, 2), (1,)), (0, 1, 0, 1)
    return ((2,), (2, 2), (2,), (1,), (2, 1, 1, 2)), (0, 1, 0, 0, 1)


def _stores(way: Way) -> bool:
    """Whether its constructor takes the parameters."""
    return any(p.role == "params" for p in way.shape.construct or ())


def _stream(probe: Probe) -> GradientStream:
    stream = probe.inputs[STREAM]
    assert isinstance(stream, GradientStream)
    return stream


def _chosen(named: set[str], source: Source) -> str:
    """The task among several names: AdamW before Adam; SGD with a momentum parameter is momentum."""
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
    """The task by the parameters alone."""
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
