"""Calling conventions of a loss of two arrays, and how its result may be read, with their costs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from byhand.judge.functions.calls import CONTAINERS, Calls, Form
from byhand.judge.functions.costs import CONTRADICTED, MISTAKEN, known
from byhand.judge.functions.names import of_batches, target_place
from byhand.judge.functions.rounding import COST, PAGE, digits
from byhand.judge.losses.gradient_reading import GradientReading
from byhand.judge.model import Definition, Probe
from byhand.judge.task import Convention

_SHAPES = {
    "batch": "a batch of rows",
    "columns": "a batch of columns",
    "sequences": "a batch of sequences",
    "row": "one row",
    "scalar": "a number",
    "vector": "a vector",
    "matrix": "a matrix",
    "1×n": "a matrix of one row",
    "n×1": "a matrix of one column",
}
_AXES = re.compile(r"shape\[|\.T\b|\bdot\(|@|matmul|axis|\bdim\b|keepdim|size\(|squeeze|reshape|flatten|ravel|view\(")
_SAMPLES = re.compile(
    r"\b(?!\w*(?:class|categor|label|feature|dim|input|output|vocab|token|column|col\b))"
    r"(?:m|n|N|batch\w*|num_\w+|n_\w+|样本数)\s*=\s*\w+\.(?:shape\[1\]|size\(1\))"
)
_DOWN = re.compile(r"\b(?:axis|dim)\s*=\s*0\b|\.(?:sum|max|mean|amax|logsumexp|softmax|log_softmax)\(\s*0\s*[,)]")
"""In the text of a program that counts its samples along the second axis; or that reduces along the first."""
_RESULTS = {
    "rows": "one number per sample",
    "mean": "mean",
    "sum": "sum",
    "elements": "one number per element",
    "sum over columns": "mean",
    "mean over rows": "mean",
}


@dataclass(frozen=True)
class Way(Convention):
    """A form of the call, and how the result is read."""

    form: Form = field(default=Form("torch", (0, 1), "", "", "batch"))
    result: str = "rows"
    group: int = 0
    calls: Calls | None = field(default=None, compare=False, repr=False)
    words: tuple[str, str] = ("", "")
    """What prediction and target are, for the report."""
    weights: bool = False
    """Whether rows need not sum to 1."""
    gradient: bool = True
    """Whether the program may give a gradient."""
    variant: str = ""
    """Which of the task's variants the value is, such as one with a temperature."""
    gradient_reading: GradientReading = field(default=GradientReading())
    """How its gradient is read."""
    digits: int | None = None
    """The number of digits after the point to which the result is rounded; None if it is not rounded."""

    @cached_property
    def at(self) -> dict[float, Way]:
        """The same way by the value of its additional argument; see :func:`with_extra`."""
        return {}

    def describe(self) -> Mapping[str, str]:
        """Arguments in the learner's order, what they hold, and the result."""
        arguments = ", ".join(word for _, word in sorted(zip(self.form.places, self.words, strict=True)))
        described = {"arguments": arguments, "input": _SHAPES["columns" if self.form.columns else self.form.shape]}
        if self.form.shape not in ("row", "scalar") or self.result == "elements":
            described["result"] = _RESULTS[self.result]
        return described | {"arrays": CONTAINERS[self.form.container]}


def shapes(definition: Definition) -> Mapping[str, int]:
    """The shapes to try, with their costs; a program that mentions an axis takes batches."""
    return {"batch": 0, "row": CONTRADICTED if of_batches(definition.source) else 3}


def sample_axes(definition: Definition) -> Mapping[bool, int]:
    """Whether samples may be columns (True) or rows (False), with costs by what the text counts or reduces."""
    if _SAMPLES.search(definition.source):
        return {True: 0, False: 6}
    return {False: 0, True: 6} if _DOWN.search(definition.source) else {False: 0}


def with_rounding(definition: Definition, ways: Iterable[Way]) -> Iterator[Way]:
    """The ways, and each also with a rounded result if the program rounds."""
    found = digits(definition)
    for way in ways:
        yield way
        for number in found if not way.gradient_reading.written else ():
            yield replace(way, digits=number, gradient=False, cost=way.cost + COST, pages=(*way.pages, *PAGE))


def with_columns(form: Form, probes: Iterable[Probe]) -> list[Probe]:
    """The probes, marked to be shown as columns if samples are columns."""
    more = {"columns": True} if form.columns else {}
    return [replace(probe, inputs={**probe.inputs, **more}) for probe in probes]


def layouts(definition: Definition) -> Mapping[str, int]:
    """Shapes of the inputs of two classes, with costs; a matrix is likely only if the text mentions axes.

    If the text reads the number of samples from an axis, that axis is not the one of length 1.
    """
    source = definition.source
    likely = {"matrix": bool(_AXES.search(source))}
    likely["1×n"] = likely["matrix"] and not re.search(r"shape\[0\]|size\(0\)|\blen\(", source)
    likely["n×1"] = likely["matrix"] and not re.search(r"shape\[1\]|size\(1\)|\blen\(\w+\[0\]", source)
    return {"vector": 0, "scalar": 1, **{shape: 2 if fits else MISTAKEN + 5 for shape, fits in likely.items()}}


def results(task: str, shape: str) -> Sequence[tuple[str, int, tuple[str, ...]]]:
    """How a result may be read, with costs and pages."""
    total, elements = known(f"{task}/sum-over-rows"), known(f"{task}/one-number-per-element")
    if shape in ("scalar", "vector", "matrix", "1×n", "n×1"):
        elements = ()
    readings: list[tuple[str, int, tuple[str, ...]]] = [("rows", 0, ())]
    if shape not in ("row", "scalar"):
        readings += [("mean", 0, ()), ("sum", 5, total)]
        readings += [("mean over rows", MISTAKEN, known("cross_entropy/divided-by-n-twice"))]
    if shape in ("batch", "sequences"):
        readings += [("sum over columns", MISTAKEN, known("cross_entropy/divided-by-columns"))]
    return [*readings, ("elements", 1, elements)] if elements else readings


def argument_orders(calls: Calls, swapped: tuple[str, ...]) -> list[tuple[tuple[int, int], int, tuple[str, ...]]]:
    """Places of prediction and target with costs and pages; an order that contradicts the names is a mistake."""
    if calls.signature.single:
        return [((0, 1), 0, ())]
    target = target_place(calls.signature.inputs)
    if target is None:
        return [((0, 1), 0, ()), ((1, 0), 1, ())]
    return [((1 - target, target), 0, ()), ((target, 1 - target), MISTAKEN, swapped)]


def in_container(way: Way, container: int, cost: int, pages: tuple[str, ...]) -> Way:
    """The way with cost and group for a kind of container; unlikely single rows are in a later group than batches."""
    group = 2 * container + (way.form.shape in ("row", "sequences") and way.cost >= CONTRADICTED)
    return replace(way, cost=way.cost + cost + container, pages=(*way.pages, *pages), group=group)


def with_extra(way: Way, probe: Probe) -> Way:
    """The same calling convention, with the probe's value for the additional argument, such as a temperature."""
    if "extra" not in probe.inputs:
        return way
    T = float(np.asarray(probe.inputs["extra"]))
    if T not in way.at:
        way.at[T] = replace(way, form=replace(way.form, extra=tuple((name, T) for name, _ in way.form.extra)))
    return way.at[T]
