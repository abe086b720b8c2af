"""The common base of cross-entropy and KL divergence: how a loss is called, how its result is read and predicted."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from byhand.judge.compare import ROUNDINGS
from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.hypothesis import Hypothesis
from byhand.judge.functions.calls import PARTS, Array, Calls, Raw, new_calls
from byhand.judge.functions.draws import FINITE, listed, scale
from byhand.judge.functions.further_checks import stops
from byhand.judge.functions.names import misled
from byhand.judge.functions.relatives import relative, unfamiliar
from byhand.judge.functions.signatures import refusal
from byhand.judge.losses.further_checks import further_checks
from byhand.judge.losses.gradient_reading import factor, gradient_place, tangent
from byhand.judge.losses.half_precision import half_precision_eps, large_loss
from byhand.judge.losses.outside_convention import misread_logits, outside_convention
from byhand.judge.losses.ways import Way, with_extra
from byhand.judge.model import FLOAT32, NO_NUMBER, Definition, Finding, Outcome, Probe
from byhand.judge.phrases import returned, shaped
from byhand.judge.session import Session
from byhand.judge.task import Names, Task

_SHAPES = re.compile(r"not aligned|matmul|mat1 and mat2|could not be broadcast|size mismatch|inconsistent tensor size")
"""In the message of an exception for arrays whose shapes do not fit."""
SMALL = 1e-6
"""The largest constant that the denominator of a gradient may have against a division by 0."""
ROUNDED_VALUE = "rounded value"
"""The variant in which soft targets are rounded for the value, and not in the gradient written by hand, p − y."""


class LossTask(Task[Way]):
    """A loss of a prediction and a target, row by row."""

    binary: frozenset[str]
    """Kinds of input in which each number stands for a distribution of two classes."""
    harmless: frozenset[str] = frozenset()
    """Variants of the value that are not mistakes."""

    def library_suffices(self, convention: Way) -> bool:
        """Not with a temperature: softening the logits is the learner's own part."""
        return not convention.form.extra

    def refusal(self, definition: Definition) -> str:
        """The parameters without a known meaning, if its name says that it is this task."""
        plain = self.bears(definition.name) and not relative(self.name, definition.name, (), definition.source)
        return refusal(definition) if plain else ""

    @abstractmethod
    def rows(self, names: Names, way: Way, pred: Tensor, target: Tensor) -> Tensor:
        """The formula's losses, one per row."""

    def doubtful(self, definition: Definition) -> bool:
        """Whether its name has a word that suggests another formula."""
        return unfamiliar(definition.name)

    def called_wrongly(self, definition: Definition, convention: Way, outcome: Outcome) -> bool:
        """Whether it failed because its inputs were not of the form that it expects."""
        filled = convention.calls is not None and convention.calls.signature.fill  # parameters beyond the two inputs
        return misled(definition, outcome) or bool(filled and _SHAPES.search(outcome.message))

    def again(self, definition: Definition, conventions: Sequence[Way], alike: bool = False) -> Sequence[Way]:
        """The same calling conventions with nothing remembered, all of one definition."""
        calls = self.new_calls(definition)
        return [replace(way, calls=calls) for way in conventions] if calls is not None else []

    def new_calls(self, definition: Definition) -> Calls | None:
        """No calls yet; None if the definition can't be called."""
        return new_calls(definition, self.name)

    def half(self, session: Session, definition: Definition, convention: Way) -> float:
        """Only if its code mentions half precision and its results show it."""
        return half_precision_eps(self, session, definition, convention)

    def concerns(self, convention: Way, changed: frozenset[str]) -> bool:
        """Whether a change of these functions of the formula can show in this calling convention."""
        return bool(changed)

    def outside_convention(
        self, convention: Way, hypothesis: Hypothesis, rng: np.random.Generator, half: bool
    ) -> Iterable[tuple[Probe, Sequence[Outcome]]]:
        """Rows that are not distributions; in half precision also large losses, relative to which rounding is small."""
        yield from outside_convention(self, convention, hypothesis, rng)
        if half:
            probe = large_loss(self, convention)
            expected = self.predict(clinic.program(self.name, hypothesis.changes), convention, probe)
            yield probe, [replace(expected, scale={})]

    def misread(
        self,
        session: Session,
        definition: Definition,
        convention: Way,
        hypothesis: Hypothesis,
        rng: np.random.Generator,
    ) -> Finding | None:
        """The mistake of a program that calls its input logits, but is right only for other kinds of input.

        Not if another mistake was found for log-probabilities: then the program has a wrong softmax of its own.
        """
        if convention.form.kind.startswith("log-") and hypothesis != hypothesis.harmless:
            return None
        return next(misread_logits(self, session, definition, convention, rng), None)

    def observe(self, session: Session, definition: Definition, convention: Way, probe: Probe) -> Outcome:
        """Call it once, and read the result."""
        convention = with_extra(convention, probe)
        calls = convention.calls
        assert calls is not None
        inputs = {role: np.asarray(probe.inputs[role]) for role in ("pred", "target")}
        raw = calls.make(session, definition, convention.form, probe.name, inputs, convention.group)
        if raw.failure is not None:
            if probe.name == "weights" and not stops(definition, raw.failure).stumbles:
                return self.predict(clinic.program(self.name), convention, probe)  # it may refuse what sums to more
            infinite = not np.isfinite(self._cached(clinic.program(self.name), convention, probe)[0]).all()
            return stops(definition, raw.failure) if infinite else raw.failure
        return self._read(convention, raw, probe, gradient_place(definition))

    def _read(self, way: Way, raw: Raw, probe: Probe, place: int | None) -> Outcome:
        pred = np.asarray(probe.inputs["pred"])
        if probe.name == "many rows" and len(raw.arrays) >= PARTS:  # of a long list only the first numbers are read
            return Outcome(error=NO_NUMBER)
        value = self._value(way, raw, pred.shape)
        if value is None:
            return Outcome(error=NO_NUMBER, instead=returned(shaped(raw.arrays[0].shape)))
        values = {"value": value}
        if way.digits is not None:
            return Outcome(values, eps=raw.eps)
        assert way.calls is not None
        # A gradient written by hand need not fail at the edges at which the loss fails.
        own = way.calls.signature.backward or place is not None
        if probe.inputs.get("gradient", True) and not (own and probe.edge):
            gradient = raw.gradient
            if gradient is None and place is not None and place < len(raw.arrays):
                gradient = raw.arrays[place]
            if gradient is not None and gradient.shape == pred.shape and _counts(probe, value, gradient):
                values["gradient"] = tangent(way.form.kind, gradient, pred)
        return Outcome(values, eps=raw.eps)

    def _value(self, way: Way, raw: Raw, shape: tuple[int, ...]) -> Array | None:
        """The part of the result that is the loss; None if there is none of the right shape."""
        rows = shape if way.form.kind in self.binary else shape[:-1]
        if way.result == "elements":
            return next((array.sum(-1) for array in raw.arrays if array.shape == shape), None)
        if way.result != "rows" or rows == ():
            single = next((array for array in raw.arrays if array.size == 1), None)
            if single is not None or way.result != "rows":
                return None if single is None else single.reshape(())
        for array in raw.arrays:
            if array.shape in (rows, (*rows, 1)) or (way.form.shape == "sequences" and array.size == np.prod(rows)):
                return array.reshape(rows)
        if rows == (len(raw.arrays),) and all(array.size == 1 for array in raw.arrays):
            return np.stack([array.reshape(()) for array in raw.arrays])
        return raw.arrays[0]

    def predict(self, names: Names, convention: Way, probe: Probe) -> Outcome:
        """The result of a formula with its gradient; rows and gradient are computed once for all readings."""
        assert convention.calls is not None
        convention = with_extra(convention, probe)
        if not self.concerns(convention, changed(self.name, names)):
            names = clinic.program(self.name)
        rows, gradient, scale = self._cached(names, convention, probe)
        result, gradient_reading = convention.result, convention.gradient_reading
        number, columns = rows.size, np.asarray(probe.inputs["pred"]).shape[-1:]
        if result not in ("rows", "elements"):
            with np.errstate(invalid="ignore"):
                rows = rows.sum() * factor(result, number, columns)
        if convention.digits is not None:
            rows, gradient = np.round(rows, convention.digits), None
        if gradient_reading.written:
            gradient, result = self._written(convention, probe, rows)
        values, scales = {"value": rows}, {"value": np.asarray(scale * (number if result == "sum" else 1))}
        if gradient is not None:
            part = gradient_reading.factor(result, number, columns)
            values["gradient"] = gradient * part
            finite = np.abs(gradient[np.isfinite(gradient)])
            slack = _slack(convention.form.kind, np.asarray(probe.inputs["pred"])) if gradient_reading.written else 1.0
            scales["gradient"] = np.asarray((scale + finite.max(initial=0.0)) * part * slack)
        return Outcome(values, scale=scales)

    def _written(self, way: Way, probe: Probe, value: Array) -> tuple[Array | None, str]:
        """The gradient of the sum of the rows, as the program writes it, and how ``value`` follows from the right rows.

        None if the value is wrong, since then the gradient that the program means is unknown.
        """
        right, gradient, _ = self._cached(clinic.program(self.name), way, probe)
        for result, observed in ((way.result, right), ("mean", right.mean()), ("sum", right.sum())):
            same = np.shape(observed) == np.shape(value) and np.allclose(observed, value, rtol=1e-3, equal_nan=True)
            if gradient is not None and same:
                with np.errstate(divide="ignore", invalid="ignore"):
                    inputs = (np.asarray(probe.inputs[role]) for role in ("pred", "target"))
                    return way.gradient_reading.from_right(way.form.kind, gradient, *inputs), result
        return None, way.result

    def _cached(self, names: Names, way: Way, probe: Probe) -> tuple[Any, Any, float]:
        assert way.calls is not None
        form, memory = way.form, way.calls.predicted
        key = (id(names), form.kind, form.target, form.shape, form.extra, way.variant, way.gradient, probe.name)
        if key not in memory:
            try:
                memory[key] = self._predict(names, way, probe)
            except Exception as error:
                memory[key] = error
        found = memory[key]
        if isinstance(found, Exception):
            raise found
        rows, gradient, scale = found
        return rows, gradient, scale

    def _predict(
        self, names: Names, way: Way, probe: Probe
    ) -> tuple[NDArray[np.float64], NDArray[np.float64] | None, float]:
        if way.variant == ROUNDED_VALUE:
            rounded = self._predict(names, replace(way, variant="", gradient=False), probe)
            soft = self._predict(names, replace(way, variant="", form=replace(way.form, target="rows")), probe)
            return rounded[0], soft[1], rounded[2]
        differentiates = way.gradient and bool(probe.inputs.get("gradient", True))
        array, target = np.asarray(probe.inputs["pred"]), torch.tensor(np.asarray(probe.inputs["target"]))
        pred = torch.tensor(array, requires_grad=differentiates)
        try:
            with torch.set_grad_enabled(differentiates):
                rows = self.rows(names, way, pred, target)
        except RuntimeError as error:
            if "in-place" not in str(error):
                raise
            rows = self.rows(names, way, torch.tensor(array), target)
        shape = array.shape if way.form.kind in self.binary else array.shape[:-1]
        if rows.shape == (*shape, 1):
            rows = rows.squeeze(-1)
        gradient = None
        if differentiates and rows.requires_grad:
            (found,) = torch.autograd.grad(rows.sum(), pred, allow_unused=True)
            gradient = np.zeros_like(array) if found is None else found.numpy()
            gradient = tangent(way.form.kind, gradient, array)
        return rows.detach().numpy(), gradient, scale(way.form.kind, array)

    def draws(self, convention: Way) -> Hashable:
        """All but where and in which container the arguments are."""
        return replace(convention.form, container="", places=(0, 1)), convention.weights

    def formula_rows(self, way: Way, probe: Probe) -> NDArray[np.float64]:
        """The losses of the unchanged formula, one per row."""
        return self._predict(clinic.program(self.name), way, probe)[0]

    def plain(self, convention: Way) -> Way:
        """The way without mistakes in the value, the mean or the gradient."""
        result = "mean" if convention.result in ("sum over columns", "mean over rows") else convention.result
        variant = convention.variant if convention.variant in self.harmless else ""
        return replace(
            convention, result=result, variant=variant, gradient_reading=replace(convention.gradient_reading, wrong="")
        )

    def show(self, probe: Probe) -> str:
        """Such as "logits = [[0.5, 2]], classes = [1]"."""
        words = probe.inputs["words"]
        assert isinstance(words, tuple)
        roles = ("pred", "target", *(("extra",) if "extra" in probe.inputs else ()))
        named = [(role, word) for role, word in zip(roles, (*words, "T"), strict=False) if word]
        arrays = {role: np.asarray(probe.inputs[role]) for role in roles}
        transposed = {role: array.T if "columns" in probe.inputs else array for role, array in arrays.items()}
        return ", ".join(f"{word} = {listed(transposed[role])}" for role, word in named)

    def further_checks(
        self, session: Session, definition: Definition, convention: Way, rng: np.random.Generator
    ) -> Iterable[Finding]:
        """Gradients, calls of a library, writes to inputs, repeated calls of one object, and options."""
        yield from further_checks(self, session, definition, convention, rng)

    def option_findings(
        self, session: Session, definition: Definition, convention: Way, rng: np.random.Generator
    ) -> Iterable[Finding]:
        """Findings about options that only this loss has."""
        return ()


def _slack(kind: str, pred: Array) -> float:
    """How much farther off a gradient written by hand may be, because of a small constant added to p or to p(1 − p)."""
    if kind not in ("probabilities", "binary probabilities"):
        return 1.0
    p = pred.astype(np.float64)
    p = np.abs(p * (1 - p))
    return 1 + SMALL / (ROUNDINGS * FLOAT32 * float(p[p > 0].min(initial=1.0)))


def _counts(probe: Probe, value: Array, gradient: Array) -> bool:
    """Whether to compare a gradient: at some edges only if it is nan although the loss is finite."""
    if probe.inputs.get("gradient") != FINITE:
        return True
    return bool(np.isfinite(value).all() and np.isnan(gradient).any())


def changed(formula: str, names: Names) -> frozenset[str]:
    """The functions that a changed formula changes. Formulas are never freed, so their ids identify them."""
    key = (formula, id(names))
    if key not in _CHANGED:
        right = clinic.program(formula)
        functions = [name for name, value in right.items() if getattr(value, "__module__", "") == right["__name__"]]
        _CHANGED[key] = frozenset(name for name in functions if _body(names[name]) != _body(right[name]))
    return _CHANGED[key]


def _body(function: Any) -> tuple[object, ...]:
    code = function.__code__
    return code.co_code, repr(code.co_consts), code.co_names, code.co_varnames


_CHANGED: dict[tuple[str, int], frozenset[str]] = {}
